/** An answer over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** The documented shape of an error. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly request_id: string;
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly details: { readonly errors?: readonly { readonly path: string }[] };
  };
}

/** Sends a request; `json` goes as the body of a POST unless `method` says otherwise. */
export async function send(url: string, init: RequestInit & { json?: unknown } = {}): Promise<Reply> {
  const { json, ...rest } = init;
  const response = await fetch(url, {
    ...rest,
    ...(json !== undefined && {
      method: init.method ?? 'POST',
      body: JSON.stringify(json),
      headers: {
        'content-type': 'application/json',
        ...(init.headers as Record<string, string> | undefined),
      },
    }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export const problemOf = (reply: Reply): Problem => reply.body as unknown as Problem;
