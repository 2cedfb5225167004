import type { LiveView } from '../../report/live.ts';
import type { Key } from './keys.ts';
import { newReader, type Possible, react, type Reaction, type Reader } from './reader.ts';
import type { SnapshotTalk } from './snapshot-talk.ts';

/** Who looks at a picture that changes: what the keys have made of it, and the view that stands still meanwhile. */
export class LiveReader {
  #reader: Reader = newReader;
  #latest: LiveView = { elapsedMs: 0, sides: [] };
  /** What a reader who has paused looks at. */
  #held: LiveView | null = null;

  get reader(): Reader {
    return this.#reader;
  }

  get latest(): LiveView {
    return this.#latest;
  }

  get shown(): LiveView {
    return this.#held ?? this.#latest;
  }

  /** Whether the picture changes with it: nothing of one that stands still does. */
  update(view: LiveView): boolean {
    this.#latest = view;
    return this.#held === null;
  }

  /** What is to be done beyond the picture. */
  press(key: Key, possible: Possible): Reaction['command'] {
    const { reader, command } = react(this.#reader, key, this.shown, possible);
    this.#become(reader);
    return command;
  }

  tell(snapshot: SnapshotTalk | null): void {
    this.#become({ ...this.#reader, snapshot });
  }

  /** Nobody presses a key any more: what it would take one to close is closed. */
  leave(): void {
    const { snapshot } = this.#reader;
    this.#become({ ...newReader, snapshot: snapshot?.step === 'running' ? snapshot : null });
  }

  #become(reader: Reader): void {
    this.#reader = reader;
    this.#held = reader.paused ? (this.#held ?? this.#latest) : null;
  }
}
