import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import process from 'node:process';

/**
 * Preloaded into a server under test (`NODE_OPTIONS=--import`): writes whatever it wants to reach, names that it looks
 * up included, to the file named by `RECORDED_CONNECTIONS`, one a line.
 */
const note = (...parts) => appendFileSync(process.env.RECORDED_CONNECTIONS, `${parts.join(' ')}\n`);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof options === 'object' && options.path === undefined)
    note('connect', `${options.host ?? 'localhost'}:${options.port}`);
  else if (typeof options === 'number') note('connect', `${args[1] ?? 'localhost'}:${options}`);
  return connect.apply(this, args);
};
const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (...args) {
  note('datagram');
  return send.apply(this, args);
};
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const ask = dns[name];
  dns[name] = function (host, ...rest) {
    if (net.isIP(host) === 0) note(name, host);
    return ask.call(this, host, ...rest);
  };
}
syncBuiltinESMExports();
