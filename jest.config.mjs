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
  testTimeout: 30_000,
  // Two also on a machine of two cores, where the default would leave one of them idle.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A worker that has grown this far is replaced: native modules keep what a file of tests took.
  workerIdleMemoryLimit: '1500MB',
};
