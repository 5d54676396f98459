/** Bits per second of media time over the last seconds, from pieces of known size and duration. */
export class RateWindow {
  readonly #pieces: Array<{ readonly bytes: number; readonly seconds: number }> = [];
  #bytes = 0;
  #seconds = 0;

  constructor(private readonly windowSeconds: number) {}

  add(bytes: number, seconds: number): void {
    if (!(bytes > 0) || !(seconds > 0)) return;
    this.#pieces.push({ bytes, seconds });
    this.#bytes += bytes;
    this.#seconds += seconds;
    while (this.#pieces.length > 1 && this.#seconds - this.#pieces[0]!.seconds >= this.windowSeconds) {
      const oldest = this.#pieces.shift()!;
      this.#bytes -= oldest.bytes;
      this.#seconds -= oldest.seconds;
    }
  }

  get bps(): number {
    return this.#seconds === 0 ? 0 : (this.#bytes * 8) / this.#seconds;
  }
}
