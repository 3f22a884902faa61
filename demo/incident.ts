/** What the log tool returns: 400 entries, one of which explains the incident. */
export function incidentLog(): string {
  const services = ['checkout', 'catalog', 'search', 'payments'];
  const entries = Array.from({ length: 400 }, (_, i) => {
    const at = new Date(Date.UTC(2026, 0, 12, 9, 0, i)).toISOString();
    const service = services[i % services.length];
    if (i === 267) {
      return {
        at,
        service: 'checkout',
        level: 'FATAL',
        message: 'payment refused: certificate of payments-db expired',
        code: 'ERR_CERT_EXPIRED',
        host: 'payments-db',
        duration_ms: 5021,
      };
    }
    return {
      at,
      service,
      level: 'INFO',
      message: 'request handled',
      code: 'OK',
      host: `node-${i % 3}`,
      duration_ms: 20 + (i % 17),
    };
  });
  return JSON.stringify(entries, null, 1);
}
