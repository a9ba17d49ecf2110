// Faults that nothing caught, which end the process, and warnings of Node: a line of the log says their class, code and place, never their words.
import { createObserver, type EventFields, faultOf } from './observe/index.ts';

/**
 * From here on Node prints no fault of this process itself: its message, and the line of source that Node shows with it, may
 * hold a payload or a BSN (row 159). A supervisor starts the process again; what was answered is in the store. The function
 * that is returned ends it for a fault of the start, which has seen no message yet: its words say what to mend.
 */
export function endOnUncaught(name: () => string): (error: unknown) => void {
  const end = (fields: EventFields): void => {
    createObserver({ name: name(), level: 'error' }).emit('gateway.crashed', fields);
    process.exit(1);
  };
  const wordless = (error: unknown): void => end(faultOf(error));
  process.on('uncaughtException', wordless);
  process.on('unhandledRejection', wordless);
  // Node's own way is to write them to standard error, and to fail when that is a file on a disk that is full.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    createObserver({ name: name(), level: 'warn' }).emit('process.warning', faultOf(warning));
  });
  return (error) => {
    const { detail = '', ...fault } = faultOf(error);
    end({ ...fault, detail: error instanceof Error ? `${error.message}\n${detail}` : detail });
  };
}
