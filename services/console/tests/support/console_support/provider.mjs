// A third-party OpenID provider with its own pages of signing in, agreeing and signing out, for one client: the console.
// node provider.mjs MODULE CONFIG   CONFIG: {"algorithm", "console", "client_id", "client_secret"}; prints its address.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const { default: Provider } = await import(pathToFileURL(process.argv[2]).href);
const { algorithm, console: desk, client_id, client_secret } = JSON.parse(process.argv[3]);

const KINDS = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519', {}] };
const PEOPLE = {
  anna: { roles: ['ops'], name: 'Anna de Vries' },
  jan: { roles: ['customer'], customer: 'acme', name: 'Jan Bakker' },
};
const AUDIENCE = 'opsdesk';
const RESOURCE = 'https://opsdesk.example';
const ACCESS_S = 30; // less than the minute before which the console renews: each page does

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const key = generateKeyPairSync(...KINDS[algorithm]).privateKey.export({ format: 'jwk' });

const provider = new Provider(issuer, {
  clients: [{
    client_id,
    client_secret,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${desk}/signed-in`],
    post_logout_redirect_uris: [`${desk}/`],
    id_token_signed_response_alg: algorithm,
    backchannel_logout_uri: `${desk}/back-channel-logout`,
    backchannel_logout_session_required: true,
  }],
  jwks: { keys: [{ ...key, alg: algorithm, use: 'sig', kid: 'of-the-provider' }] },
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: { openid: ['sub'], profile: ['name', 'locale', 'zoneinfo'], email: ['email'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['a key of this process alone'] },
  ttl: { AccessToken: ACCESS_S, IdToken: 120, Session: 3600, Grant: 3600, Interaction: 600, RefreshToken: 3600 },
  rotateRefreshToken: () => true,
  // By OpenID Connect Core 11 `offline_access` counts only with `prompt=consent`, or where the provider allows it otherwise.
  issueRefreshToken: async () => true,
  findAccount: async (ctx, sub) => (sub in PEOPLE
    ? { accountId: sub, claims: async () => ({ sub, name: PEOPLE[sub].name, zoneinfo: 'Europe/Rome', locale: 'en' }) }
    : undefined),
  extraTokenClaims: async (ctx, token) => PEOPLE[token.accountId],
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => RESOURCE,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        audience: AUDIENCE,
        scope: '',
        accessTokenTTL: ACCESS_S,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: algorithm } },
      }),
    },
  },
});
for (const event of ['grant.error', 'authorization.error', 'server_error', 'backchannel.error', 'end_session.error']) {
  provider.on(event, (ctx, error) => process.stderr.write(`${event}: ${error?.error_description ?? error?.stack}\n`));
}
server.on('request', provider.callback());
process.stdin.resume().on('end', () => process.exit(0)); // it ends with the test that started it
process.stdout.write(`${issuer}\n`);
