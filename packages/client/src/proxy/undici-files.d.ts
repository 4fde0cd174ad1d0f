/** undici's index loads three times as many files as connections need, and its types are those of the index alone. */
declare module 'undici/lib/dispatcher/agent.js' {
  const agent: typeof import('undici/index.js').Agent;
  export = agent;
}

declare module 'undici/lib/core/connect.js' {
  const connect: typeof import('undici/index.js').buildConnector;
  export = connect;
}

declare module 'undici/lib/api/index.js' {
  const methods: object;
  export = methods;
}
