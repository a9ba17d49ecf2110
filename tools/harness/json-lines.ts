// A file of JSON, a value per line; a last line that was cut when its writer ended is left out.
import { readFileSync } from 'node:fs';

export function readJsonLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as T];
      } catch {
        return [];
      }
    });
}
