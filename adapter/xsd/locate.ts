// Finds the element that libxml2 means, by its node path or else by name and line, and writes its path with positions.
import { descendants, pathOf, type XmlElement } from '../xml/index.ts';

/** Where libxml2 saw an error; `xpath` is its own node path, such as `/w:Bericht/w:Client/*[2]`. */
export interface ErrorPlace {
  readonly xpath: string | undefined;
  readonly name: string | undefined;
  readonly line: number;
}

const STEP = /^(?<name>[^[\]@()]+)(?:\[(?<position>\d+)\])?$/;

export function createLocator(root: XmlElement): (place: ErrorPlace) => string {
  let byPlace: Map<string, XmlElement> | undefined;
  return ({ xpath, name, line }) => {
    const meant = xpath === undefined ? undefined : follow(root, xpath);
    if (meant !== undefined) return pathOf(meant);
    if (name === undefined) return '/';
    byPlace ??= index(root);
    const found = byPlace.get(`${line}|${name}`);
    return found === undefined ? `//${name}` : pathOf(found);
  };
}

/** Several namesakes may stand on one line; the first of them is taken. */
function index(root: XmlElement): Map<string, XmlElement> {
  const places = new Map<string, XmlElement>();
  for (const element of descendants(root)) {
    const key = `${element.line ?? 0}|${element.name}`;
    if (!places.has(key)) places.set(key, element);
  }
  return places;
}

/** An attribute's path ends at its element. libxml2 writes `*` for an element in a default namespace. */
function follow(root: XmlElement, xpath: string): XmlElement | undefined {
  const [first, ...steps] = xpath.replace(/^\//, '').split('/');
  if (first === undefined || !first.split('[')[0]?.endsWith(first.startsWith('*') ? '*' : root.name)) return undefined;
  let at = root;
  for (const step of steps) {
    if (step.startsWith('@')) return at;
    const { name = '', position = '1' } = STEP.exec(step)?.groups ?? {};
    const fits = (element: XmlElement): boolean => name === '*' || name === qualified(element);
    const next = at.children.filter(fits)[Number(position) - 1];
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

const qualified = ({ prefix, name }: XmlElement): string => (prefix === '' ? name : `${prefix}:${name}`);
