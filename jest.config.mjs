import { availableParallelism } from 'node:os';

/** Tests run as native ES modules; swc only strips the types. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  reporters: ['default', '<rootDir>/test/skipped.mjs'],
  testTimeout: 30_000,
  // One core for each of two files also where there are only two: much of a test's time is waiting for processes it started.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
