// The program.
import { runProgram } from './run.ts';

await runProgram();
