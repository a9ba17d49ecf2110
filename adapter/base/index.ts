// Words without behaviour that every layer may use: results, findings, time, namespaces.
export * from './clock.ts';
export * from './digest-reference.ts';
export * from './issue.ts';
export * from './large-memory.ts';
export * from './namespaces.ts';
export * from './octets.ts';
export * from './pace.ts';
export * from './result.ts';
export * from './share.ts';
export * from './time.ts';
