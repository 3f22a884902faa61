import { ConfigurationFaults, readConfig } from './config/read-config.js';
import { createApp } from './create-app.js';

try {
  const { config } = readConfig();
  const app = await createApp(config);
  await app.listen(config.server.port, config.server.host);
} catch (error) {
  if (!(error instanceof ConfigurationFaults)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
