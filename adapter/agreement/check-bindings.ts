// Actions of both parties against each other: counterparts, roles, equal characteristics (V9–V11, V16, V17, V23, V24).
import type { Issue } from '../base/index.ts';
import { error, onLine, placeOf, warn } from './check.ts';
import type { ActionBinding, Agreement, AgreementParty, DeliveryChannel } from './types.ts';

export function checkBindings(agreement: Agreement): Issue[] {
  const [first, second] = agreement.parties;
  return [
    ...checkParty(first),
    ...checkParty(second),
    ...checkCounterparts(first, second),
    ...checkCounterparts(second, first),
  ];
}

const wayOf = (one: ActionBinding): string =>
  [one.direction, one.role, one.service.type, one.service.value, one.action].join('|');

function checkParty(party: AgreementParty): Issue[] {
  const issues: Issue[] = [];
  const seen = new Set<string>();
  for (const binding of party.bindings) {
    if (seen.has(wayOf(binding)))
      issues.push(
        onLine(
          binding.line,
          error('DuplicateAction', placeOf(binding), 'dezelfde rol, dienst en actie staan er twee keer', 'V10'),
        ),
      );
    seen.add(wayOf(binding));
    issues.push(...checkSide(binding, party));
  }
  const roles = new Set(party.bindings.map((binding) => binding.role));
  if (roles.size > 1)
    issues.push(
      onLine(
        party.line,
        error('Roles', 'CollaborationRole/Role/@name', 'een partij heeft binnen één CPA één rol', 'DK-029'),
      ),
    );
  const profiles = new Set(
    party.bindings.map(({ channel }) => `${channel.ackRequested}/${channel.ackSignatureRequested}`),
  );
  if (profiles.size > 1)
    issues.push(
      onLine(
        party.line,
        warn(
          'Profiles',
          'DeliveryChannel',
          'acties met verschillende ontvangstbevestiging delen één standaardkanaal',
          'V24',
        ),
      ),
    );
  return issues;
}

/** A sending channel can send, a receiving one receive; signing and encryption have their certificates. */
function checkSide(binding: ActionBinding, party: AgreementParty): Issue[] {
  const issues: Issue[] = [];
  const { channel, line } = binding;
  const sides = channel.source;
  const bad = (detail: string, rule: string): void => {
    issues.push(onLine(line, error('Channel', placeOf(binding), detail, rule)));
  };
  if (
    binding.direction === 'send' &&
    sides !== undefined &&
    (!sides.sender.transport || sides.sender.bindingVersion === undefined)
  )
    bad('het kanaal kan niet zenden (TransportSender, ebXMLSenderBinding)', 'V11');
  if (
    binding.direction === 'receive' &&
    (channel.endpoints.length === 0 || (sides !== undefined && sides.receiver.bindingVersion === undefined))
  )
    bad('het kanaal kan niet ontvangen (Endpoint, ebXMLReceiverBinding)', 'V11');
  if (party.defaultChannel.endpoints.length === 0) bad('het standaardkanaal heeft geen Endpoint voor signalen', 'V11');
  if (binding.nonRepudiation && binding.direction === 'send' && channel.senderNonRepudiation?.certificate === undefined)
    bad('ondertekenen is verplicht, maar SenderNonRepudiation met certificaat ontbreekt', 'V16');
  if (binding.nonRepudiation && binding.direction === 'receive' && channel.receiverNonRepudiation === undefined)
    bad('ondertekenen is verplicht, maar ReceiverNonRepudiation ontbreekt', 'V16');
  if (
    binding.confidentialPersistent &&
    binding.direction === 'receive' &&
    channel.receiverEnvelope?.certificate === undefined
  )
    bad('versleutelen is verplicht, maar ReceiverDigitalEnvelope met certificaat ontbreekt', 'V17');
  if (binding.confidentialPersistent)
    issues.push(
      onLine(
        line,
        warn('Encryption', placeOf(binding), 'versleutelde profielen worden in deze versie niet verwerkt', 'V17'),
      ),
    );
  if (/\s/.test(binding.action) || /\s/.test(binding.service.value))
    bad('dienst en actie mogen geen witruimte bevatten', 'DK-034');
  return issues;
}

function checkCounterparts(from: AgreementParty, to: AgreementParty): Issue[] {
  return from.bindings.flatMap((binding): Issue[] => {
    const fits = (one: ActionBinding): boolean =>
      one.direction !== binding.direction &&
      one.action === binding.action &&
      one.service.value === binding.service.value &&
      one.service.type === binding.service.type;
    const other =
      binding.otherId === undefined ? to.bindings.find(fits) : to.bindings.find((one) => one.id === binding.otherId);
    if (other === undefined || !fits(other))
      return [
        onLine(
          binding.line,
          error(
            'Counterpart',
            placeOf(binding),
            'heeft bij de andere partij geen tegenhanger met dezelfde dienst en actie',
            'V9',
          ),
        ),
      ];
    if (other.otherId !== undefined && other.otherId !== binding.id)
      return [
        onLine(
          binding.line,
          error('Counterpart', placeOf(binding), 'de tegenhanger verwijst naar een andere actie', 'V9'),
        ),
      ];
    return binding.direction === 'send' ? unequal(binding, other) : [];
  });
}

const EQUAL: readonly (keyof DeliveryChannel)[] = [
  'syncReplyMode',
  'ackRequested',
  'ackSignatureRequested',
  'duplicateElimination',
];

function unequal(sending: ActionBinding, receiving: ActionBinding): Issue[] {
  const issues = EQUAL.filter((name) => sending.channel[name] !== receiving.channel[name]).map((name) =>
    onLine(
      sending.line,
      error(
        'Characteristics',
        placeOf(sending),
        `${name} verschilt tussen de partijen`,
        name === 'syncReplyMode' ? 'V19' : 'V23',
      ),
    ),
  );
  const [sender, receiver] = [sending.channel.senderReliability, receiving.channel.receiverReliability];
  if (
    sender !== undefined &&
    receiver !== undefined &&
    (sender.retries !== receiver.retries ||
      sender.retryInterval.ms !== receiver.retryInterval.ms ||
      sender.retryInterval.months !== receiver.retryInterval.months)
  ) {
    issues.push(
      onLine(
        sending.line,
        warn('Characteristics', placeOf(sending), 'Retries of RetryInterval verschilt tussen de partijen', 'V23'),
      ),
    );
  }
  const [signs, expects] = [sending.channel.senderNonRepudiation, receiving.channel.receiverNonRepudiation];
  if (
    sending.nonRepudiation &&
    signs !== undefined &&
    expects !== undefined &&
    (signs.hashFunction !== expects.hashFunction || signs.signatureAlgorithm !== expects.signatureAlgorithm)
  ) {
    issues.push(
      onLine(
        sending.line,
        error('Characteristics', placeOf(sending), 'de algoritmen van zender en ontvanger verschillen', 'V16'),
      ),
    );
  }
  return issues;
}
