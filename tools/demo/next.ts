// What a tester can try while the demo stays up: every command is ready to paste, with files and ids that exist.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Observatory } from './counts.ts';
import { PARTIES } from './parties.ts';
import type { DemoLayout } from './setup.ts';
import { envelope, partnerMessage } from './steps.ts';

export interface NextStep {
  readonly title: string;
  readonly commands: readonly string[];
}

/** Writes the example files that the commands name, beside the demo's own, and gives the commands. */
export async function nextSteps(layout: DemoLayout): Promise<readonly NextStep[]> {
  const folder = join(layout.dir, 'voorbeeld');
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => shown(join(folder, name));
  const { gemeente, vecozo } = PARTIES;
  const offered = envelope('WMO301', gemeente, vecozo.organisatie);
  writeFileSync(join(folder, 'WMO301.xml'), offered.bytes);
  const sent = partnerMessage(layout, 'vecozo', envelope('WMO305', vecozo, gemeente.organisatie));
  writeFileSync(join(folder, 'van-vecozo.json'), `${JSON.stringify(sent)}\n`);
  const eyes = new Observatory(layout);
  const recorded = (await eyes.log('vecozo')).received.findLast((one) => one.kind === 'business' && !one.copy);
  if (recorded !== undefined)
    writeFileSync(join(folder, 'ontvangen.http'), await eyes.recording('vecozo', recorded.messageId));
  const recording = recorded === undefined ? undefined : { file: file('ontvangen.http'), at: recorded.at };
  return [
    ...gatewaySteps(layout, file),
    ...(await messageSteps(layout, eyes, recording)),
    ...partnerSteps(layout, file),
  ];
}

const shown = (path: string): string => relative(process.cwd(), path) || path;
const door = (layout: DemoLayout, name: 'gemeente' | 'hub'): string =>
  `--url http://127.0.0.1:${layout.api[name]} --key ${layout.key}`;

function gatewaySteps(layout: DemoLayout, file: (name: string) => string): readonly NextStep[] {
  const names = ['gemeente', 'hub'] as const;
  return names.map((name) => ({
    title: `${PARTIES[name].title}: http://127.0.0.1:${layout.api[name]}/health/ready  http://127.0.0.1:${layout.api[name]}/metrics`,
    commands: [
      `npx dk message list ${door(layout, name)}`,
      ...(name === 'gemeente' ? [`npx dk message send ${file('WMO301.xml')} ${door(layout, name)}`] : []),
    ],
  }));
}

interface Recording {
  readonly file: string;
  /** When VECOZO received it: later its TimeToLive has passed, and the verdict would be about that only. */
  readonly at: number;
}

async function messageSteps(
  layout: DemoLayout,
  eyes: Observatory,
  recording: Recording | undefined,
): Promise<readonly NextStep[]> {
  const newest = (await eyes.messages('hub')).find((one) => one.direction === 'out' && one.state === 'acknowledged');
  const cpa = layout.cpas.find((one) => one.parties.includes('vecozo'));
  const cpaFile = shown(cpa?.file ?? '');
  return [
    {
      title: 'één bericht met zijn tijdlijn, en een opname van wat VECOZO kreeg',
      commands: [
        `npx dk message show ${newest?.messageId ?? ''} ${door(layout, 'hub')}`,
        ...(recording === undefined ? [] : [inspectCommand(recording, cpaFile)]),
      ],
    },
    {
      title: 'CPA’s van het knooppunt: controleren, weghalen en weer importeren',
      commands: [
        `npx dk cpa list ${door(layout, 'hub')}`,
        `npx dk cpa show ${cpa?.cpaId ?? ''} --json ${door(layout, 'hub')}`,
        `npx dk cpa check ${cpaFile} --allow-localhost`,
        `npx dk cpa remove ${cpa?.cpaId ?? ''} ${door(layout, 'hub')}`,
        `npx dk cpa import ${cpaFile} ${door(layout, 'hub')}`,
      ],
    },
  ];
}

const inspectCommand = ({ file, at }: Recording, cpaFile: string): string =>
  `npx dk message inspect ${file} --cpa ${cpaFile} --at ${new Date(at).toISOString()}`;

function partnerSteps(layout: DemoLayout, file: (name: string) => string): readonly NextStep[] {
  const at = (name: 'vecozo' | 'cak'): string => `http://127.0.0.1:${layout.control[name]}`;
  return [
    {
      title:
        'VECOZO: wat kwam er aan, bevestig de volgende twee keer niet, en verstuur iets met een verkeerde handtekening',
      commands: [
        `curl ${at('vecozo')}/log`,
        'npx dk partner --as vecozo --misbehave dropAck:2',
        'npx dk partner --as vecozo --misbehave signWrong',
        `curl --data-binary @${file('van-vecozo.json')} ${at('vecozo')}/send`,
      ],
    },
    {
      title: 'CAK: wat kwam er aan, en zwijg bij de volgende twee berichten',
      commands: [`curl ${at('cak')}/log`, `curl -X POST '${at('cak')}/misbehave?what=noAnswer:2'`],
    },
  ];
}
