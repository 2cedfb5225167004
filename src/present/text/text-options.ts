/** What the place the text goes to can show. Decided by the door, which knows the stream, its flags and NO_COLOR. */
export type TextOptions = {
  readonly color: boolean;
  readonly unicode: boolean;
  readonly columns: number;
};
