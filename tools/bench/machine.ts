// What this machine can do at the most, measured in the same run: the limits that every figure is read against.
import { constants, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly node: string;
  /** RSA-2048 with SHA-256, per second of CPU. */
  readonly signPerSecond: number;
  readonly verifyPerSecond: number;
  /** 4 kB written and fdatasynced, in the folder where the stores are. */
  readonly fsyncPerSecond: number;
}

const RSA = { padding: constants.RSA_PKCS1_PADDING };

const wallSeconds = (): number => performance.now() / 1000;

/** Of this process: what else runs on the machine does not count. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs `work` for about `ms` and gives how often it ran per second of its own CPU, or of another clock. */
export function ratePerSecond(work: () => void, ms: number, clock: () => number = ownCpuSeconds): number {
  for (let warm = 0; warm < 20; warm += 1) work();
  const until = performance.now() + ms;
  const startedAt = clock();
  let count = 0;
  while (performance.now() < until) {
    work();
    count += 1;
  }
  return count / (clock() - startedAt);
}

export function measureMachine(folder: string, ms = 1_000): Machine {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const data = Buffer.alloc(1_000, 'x');
  const sign = (): Buffer =>
    createSign('sha256')
      .update(data)
      .sign({ key: privateKey, ...RSA });
  const signature = sign();
  return {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    signPerSecond: ratePerSecond(sign, ms),
    verifyPerSecond: ratePerSecond(
      () =>
        createVerify('sha256')
          .update(data)
          .verify({ key: publicKey, ...RSA }, signature),
      ms,
    ),
    fsyncPerSecond: fsyncRate(folder, ms),
  };
}

function fsyncRate(folder: string, ms: number): number {
  const dir = mkdtempSync(join(folder, 'fsync-'));
  const file = openSync(join(dir, 'file'), 'w');
  const page = Buffer.alloc(4096, 1);
  try {
    return ratePerSecond(
      () => {
        writeSync(file, page, 0, page.length, 0);
        fdatasyncSync(file);
      },
      ms,
      wallSeconds,
    );
  } finally {
    closeSync(file);
    rmSync(dir, { recursive: true });
  }
}
