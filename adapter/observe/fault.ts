// What a line of the log may say of a fault: its class, code and place, never its words.
import type { EventFields } from './events.ts';

const FRAME = /^ {4}at (?:[\w$.<>#[\] ]+ \()?(?:file:|node:|\/|[A-Za-z]:\\)[^()]*:\d+:\d+\)?$/;
const WORD = /^\w{1,100}$/;
/** Node's own limit is ten; what somebody raised it to is not for a line of the log. */
const MOST_FRAMES = 20;

/** What of a fault cannot be content: the name of its class, its code, and where in the program it was made. */
export function faultOf(error: unknown): Pick<EventFields, 'code'> & { readonly detail: string } {
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
