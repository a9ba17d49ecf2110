// What a process that a tool starts may know of the environment: its settings stand in its own configuration file.

/** Without the variables that go before a configuration: they are about the gateway of whoever runs the tool. */
export function ownSettings(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { DK_MODE, DK_STORE, DK_LOG_LEVEL, ...others } = env;
  return others;
}
