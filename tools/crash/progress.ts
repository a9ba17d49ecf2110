// The progress of a long run: a bar on a terminal, a line now and then elsewhere.

export interface Progress {
  begin(total: number): void;
  /** `trouble`: what was not good about the round. */
  step(title: string, trouble: string | undefined): void;
  end(): void;
}

const WIDTH = 30;
const LINES = 20;

export function createProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  let total = 0;
  let done = 0;
  let startedAt = 0;
  const text = (title: string): string => {
    const filled = Math.round((WIDTH * done) / Math.max(1, total));
    const mean = (performance.now() - startedAt) / Math.max(1, done);
    const left = Math.ceil((mean * (total - done)) / 60_000);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    return `${bar} ${done}/${total}, ${(mean / 1000).toFixed(2)} s per ronde, nog ${left} min: ${title}`;
  };
  return {
    begin: (count) => {
      total = count;
      startedAt = performance.now();
    },
    step: (title, trouble) => {
      done += 1;
      if (trouble !== undefined) out.write(`${out.isTTY ? '\r\x1b[K' : ''}niet goed: ${trouble}\n`);
      if (out.isTTY) out.write(`\r\x1b[K${text(title)}`);
      else if (done === total || done % Math.max(1, Math.ceil(total / LINES)) === 0) out.write(`${text(title)}\n`);
    },
    end: () => {
      if (out.isTTY) out.write('\n');
    },
  };
}
