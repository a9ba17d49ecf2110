// A fault that nothing caught: one line of the log says its class, code and place, never its words, and the process ends.
import { createObserver, type EventFields } from './observe/index.ts';

const FRAME = /^ {4}at (?:[\w$.<>#[\] ]+ \()?(?:file:|node:|\/|[A-Za-z]:\\)[^()]*:\d+:\d+\)?$/;
const WORD = /^\w{1,100}$/;
/** Node's own limit is ten; what somebody raised it to is not for a line of the log. */
const MOST_FRAMES = 20;

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
  return (error) => {
    const { detail = '', ...fault } = faultOf(error);
    end({ ...fault, detail: error instanceof Error ? `${error.message}\n${detail}` : detail });
  };
}

/** What of a fault cannot be content: the name of its class, its code, and where in the program it was made. */
export function faultOf(error: unknown): Pick<EventFields, 'code' | 'detail'> {
  if (!(error instanceof Error)) return { detail: `a thrown ${typeof error}` };
  const { name, message, stack = '' } = error;
  const code = 'code' in error && typeof error.code === 'string' && WORD.test(error.code) ? error.code : undefined;
  // A message of several lines may imitate frames, so it is taken out first.
  const frames = stack
    .replace(message, '')
    .split('\n')
    .filter((line) => FRAME.test(line));
  const detail = [WORD.test(name) ? name : 'Error', ...frames.slice(0, MOST_FRAMES)].join('\n');
  return { ...(code === undefined ? {} : { code }), detail };
}
