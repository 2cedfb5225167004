/**
 * Writes the protocol-buffer wire format: of it the two kinds of field that pprof's profile.proto has, numbers and what
 * has a length. A field that is zero or empty may be left out, which is what its absence means.
 */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  number(field: number, value: number | bigint): void {
    this.#varint(BigInt(field) << 3n);
    this.#varint(BigInt(value));
  }

  /** A list of numbers in one field. */
  numbers(field: number, values: readonly number[]): void {
    const packed = new ProtobufWriter();
    for (const value of values) packed.#varint(BigInt(value));
    this.bytes(field, packed.finish());
  }

  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  message(field: number, write: (message: ProtobufWriter) => void): void {
    const message = new ProtobufWriter();
    write(message);
    this.bytes(field, message.finish());
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint((BigInt(field) << 3n) | LENGTH_DELIMITED);
    this.#varint(BigInt(value.length));
    for (const byte of value) this.#bytes.push(byte);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Seven bits a byte, the lowest first; a negative number is written with 64 bits. */
  #varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }
}

const LENGTH_DELIMITED = 2n;
const encoder = new TextEncoder();
