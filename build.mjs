// Compiles adapter and tools into dist/ (types stripped by the TypeScript compiler); runs by itself after `npm ci`.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
rmSync(`${here}dist`, { recursive: true, force: true });
const tsc = `${here}node_modules/typescript/bin/tsc`;
const run = spawnSync(process.execPath, [tsc, '-p', `${here}tsconfig.build.json`], { stdio: 'inherit' });
const cli = `${here}dist/tools/cli.js`;
if (existsSync(cli)) chmodSync(cli, 0o755);
process.exit(run.status ?? 1);
