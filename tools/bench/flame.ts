// Writes a flame graph as one HTML page without anything from elsewhere: width is time, a click enlarges.
import type { Frame } from './profile.ts';

const ROW = 18;
/** Narrower than this share of the whole is left out: nobody can read it and pages would be huge. */
const LEAST_SHARE = 0.0005;

interface Box {
  readonly name: string;
  readonly stage: string;
  readonly depth: number;
  /** Shares of the whole. */
  readonly at: number;
  readonly share: number;
}

export function writeFlame(root: Frame, title: string, messages: number): string {
  const total = totalOf(root);
  const boxes = boxesOf(root, total.get(root) ?? 0, total);
  const height = (Math.max(...boxes.map(({ depth }) => depth)) + 1) * ROW;
  const usPerMessage = (total.get(root) ?? 0) / messages;
  const drawn = boxes.map((box) => draw(box, usPerMessage)).join('\n');
  return `<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>
body { font: 12px sans-serif; margin: 8px }
#flame { position: relative; height: ${height}px; overflow: hidden }
#flame div { position: absolute; box-sizing: border-box; height: ${ROW - 1}px; overflow: hidden; white-space: nowrap;
  border-right: 1px solid #fff; padding: 1px 2px; cursor: pointer }
</style></head><body>
<h1>${escapeHtml(title)}: ${usPerMessage.toFixed(0)} µs per bericht</h1>
<p>Breedte is tijd naar de klok, wachten op schijf en kern inbegrepen; klik om te vergroten, op de onderste regel om terug te gaan.</p>
<div id="flame">
${drawn}
</div>
<script>${ZOOM}</script>
</body></html>
`;
}

/** Time of each frame with all it called. */
function totalOf(root: Frame): Map<Frame, number> {
  const order: Frame[] = [];
  const open = [root];
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    order.push(frame);
    open.push(...frame.callees.values());
  }
  const total = new Map<Frame, number>();
  for (const frame of order.reverse()) {
    const below = [...frame.callees.values()].reduce((sum, callee) => sum + (total.get(callee) ?? 0), 0);
    total.set(frame, frame.self + below);
  }
  return total;
}

function boxesOf(root: Frame, whole: number, total: ReadonlyMap<Frame, number>): Box[] {
  const boxes: Box[] = [];
  const open = [{ frame: root, depth: 0, at: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { frame, depth, at } = next;
    const share = whole === 0 ? 0 : (total.get(frame) ?? 0) / whole;
    if (share < LEAST_SHARE && depth > 0) continue;
    boxes.push({ name: `${frame.name} ${frame.where}`.trim(), stage: frame.stage, depth, at, share });
    let left = at;
    for (const callee of [...frame.callees.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      open.push({ frame: callee, depth: depth + 1, at: left });
      left += whole === 0 ? 0 : (total.get(callee) ?? 0) / whole;
    }
  }
  return boxes;
}

function draw({ name, stage, depth, at, share }: Box, usPerMessage: number): string {
  const label = escapeHtml(name);
  const us = (share * usPerMessage).toFixed(0);
  const place = `left:${(at * 100).toFixed(3)}%;width:${(share * 100).toFixed(3)}%;bottom:${depth * ROW}px`;
  const attributes = `data-at="${at.toFixed(6)}" data-share="${share.toFixed(6)}" data-depth="${depth}"`;
  const title = `${label} · ${escapeHtml(stage)} · ${us} µs per bericht`;
  return `<div ${attributes} style="${place};background:${colourOf(stage)}" title="${title}">${label}</div>`;
}

/** The same stage has the same colour in every graph. */
function colourOf(stage: string): string {
  let hash = 0;
  for (const char of stage) hash = (hash * 31 + char.charCodeAt(0)) % 360;
  return `hsl(${hash} 70% 78%)`;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const ZOOM = `
const boxes = [...document.querySelectorAll('#flame div')];
for (const box of boxes) box.addEventListener('click', () => {
  const from = Number(box.dataset.at), width = Number(box.dataset.share), depth = Number(box.dataset.depth);
  for (const one of boxes) {
    const at = Number(one.dataset.at), share = Number(one.dataset.share);
    const above = Number(one.dataset.depth) < depth;
    const inside = at >= from - 1e-6 && at + share <= from + width + 1e-6;
    one.style.display = above || inside ? '' : 'none';
    one.style.left = (above ? 0 : (at - from) / width * 100) + '%';
    one.style.width = (above ? 100 : share / width * 100) + '%';
    if (above && !(at <= from + 1e-6 && at + share >= from + width - 1e-6)) one.style.display = 'none';
  }
});`;
