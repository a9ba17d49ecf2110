// Writes the XSD text of a basisschema or of one message from its model.

import { type ClassModel, type MessageModel, OPEN_CONTENT, type Particle, type StandardModel } from './model.ts';
import type { SimpleRow } from './tables/form.ts';

const PROVISIONAL = 'voorlopig';

/** `WMO301.xsd`; provisional schemas say so in their file name (istandaarden.md section 6). */
export function schemaFile(standard: StandardModel, name: string): string {
  return standard.table.grade === 'strict' ? `${name}.xsd` : `${name}.${PROVISIONAL}.xsd`;
}

export function writeBasisschema(standard: StandardModel): string {
  const { prefix } = standard.table;
  const lines = [
    ...opening(standard.basisNamespace, [[prefix, standard.basisNamespace]]),
    ...appinfo(standard, 'basisschema', ['Basisschema']),
    ...[...standard.simple].flatMap(([name, row]) => simpleType(name, row)),
    ...[...standard.composed].flatMap(([name, particles]) =>
      complexType({ name, particles, orderFree: false }, { own: prefix, basis: prefix }),
    ),
    '</xs:schema>',
  ];
  return `${lines.join('\n')}\n`;
}

export function writeMessage(standard: StandardModel, message: MessageModel): string {
  const basis = standard.table.prefix;
  const prefixes: [string, string][] = [
    [basis, standard.basisNamespace],
    [message.prefix, message.namespace],
  ];
  const lines = [
    ...opening(message.namespace, prefixes),
    `  <xs:import namespace="${standard.basisNamespace}" schemaLocation="${schemaFile(standard, 'basisschema')}"/>`,
    ...appinfo(standard, message.prefix, ['Bericht', 'Basisschema']),
    `  <xs:element name="Bericht" type="${message.prefix}:Root"/>`,
    ...message.classes.flatMap((model) => complexType(model, { own: message.prefix, basis })),
    '</xs:schema>',
  ];
  return `${lines.join('\n')}\n`;
}

function opening(target: string, prefixes: readonly (readonly [string, string])[]): string[] {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"',
    ...prefixes.map(([prefix, namespace]) => `           xmlns:${prefix}="${namespace}"`),
    `           targetNamespace="${target}" elementFormDefault="qualified">`,
  ];
}

function appinfo(standard: StandardModel, name: string, versioned: readonly string[]): string[] {
  const { prefix, version, xsdVersion, grade } = standard.table;
  const entry = (element: string, value: string): string =>
    `      <${prefix}:${element}>${value}</${prefix}:${element}>`;
  return [
    '  <xs:annotation>',
    '    <xs:appinfo>',
    entry('standaard', prefix),
    entry('bericht', name),
    entry('release', version),
    ...versioned.flatMap((part) => ['', 'Min', 'Max'].map((bound) => entry(`${part}Xsd${bound}Versie`, xsdVersion))),
    ...(grade === 'strict' ? [] : [entry('status', PROVISIONAL)]),
    '    </xs:appinfo>',
    '  </xs:annotation>',
  ];
}

function simpleType(name: string, row: SimpleRow): string[] {
  const facet = (facetName: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`      <xs:${facetName} value="${escapeValue(String(value))}"/>`];
  return [
    `  <xs:simpleType name="${name}">`,
    `    <xs:restriction base="xs:${row.base}">`,
    ...facet('minLength', row.length?.[0]),
    ...facet('maxLength', row.length?.[1]),
    ...facet('minInclusive', row.range?.[0]),
    ...facet('maxInclusive', row.range?.[1]),
    ...facet('pattern', row.pattern),
    ...(row.codes?.split(' ') ?? []).flatMap((code) => facet('enumeration', code)),
    '    </xs:restriction>',
    '  </xs:simpleType>',
  ];
}

interface Prefixes {
  readonly own: string;
  readonly basis: string;
}

function complexType(model: ClassModel, prefixes: Prefixes): string[] {
  const group = model.orderFree ? 'xs:all' : 'xs:sequence';
  return [
    `  <xs:complexType name="${model.name}">`,
    `    <${group}>`,
    ...model.particles.flatMap((particle) => element(particle, prefixes)),
    `    </${group}>`,
    '  </xs:complexType>',
  ];
}

function element(particle: Particle, prefixes: Prefixes): string[] {
  const occurs = `${particle.min === 0 ? ' minOccurs="0"' : ''}${particle.many ? ' maxOccurs="unbounded"' : ''}`;
  if (particle.name === OPEN_CONTENT) {
    return [`      <xs:any namespace="##targetNamespace" processContents="skip"${occurs}/>`];
  }
  const type = `${/^[LC]DT_/.test(particle.type) ? prefixes.basis : prefixes.own}:${particle.type}`;
  if (particle.pattern === undefined) return [`      <xs:element name="${particle.name}" type="${type}"${occurs}/>`];
  return [
    `      <xs:element name="${particle.name}"${occurs}>`,
    '        <xs:simpleType>',
    `          <xs:restriction base="${type}">`,
    `            <xs:pattern value="${escapeValue(particle.pattern)}"/>`,
    '          </xs:restriction>',
    '        </xs:simpleType>',
    '      </xs:element>',
  ];
}

function escapeValue(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
