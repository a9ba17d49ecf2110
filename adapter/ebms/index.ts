// ebMS 2.0 codec: the canonical envelope to a message and back; structure only, the rules are in msh.
export { LENIENCIES } from './leniencies.ts';
export { kindOf, type ReadMessage, readFault, readMessage } from './read.ts';
export type * from './types.ts';
export { writeFault, writeMessage } from './write.ts';
