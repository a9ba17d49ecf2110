// Lines of ascending places in a document: every octet is looked at once, however far the places lie apart.

const NEWLINE = '\n';

export class LineCounter {
  private readonly source: string | Buffer;
  private line = 1;
  private newlineAt: number;

  constructor(source: string | Buffer) {
    this.source = source;
    this.newlineAt = this.nextNewline(0);
  }

  /** From 1; `at` never below that of the question before. */
  lineOf(at: number): number {
    while (this.newlineAt < at) {
      this.line += 1;
      this.newlineAt = this.nextNewline(this.newlineAt + 1);
    }
    return this.line;
  }

  private nextNewline(from: number): number {
    const at = this.source.indexOf(NEWLINE, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }
}
