// A real OpenID Connect provider (the npm package oidc-provider) on loopback, for tests.
//
//   node provider.mjs '{"port": 4000, "people": "/tmp/people.json", "clients": [...], ...}'
//
// `people`: a file {"login": {"claims": {...}, "acr": "...", "amr": [...], "userinfo": {...}}}, read anew at every log-in,
// so that a test can change what is said about somebody (`userinfo`: otherwise there, as only a broken provider would).
// There are no passwords. `minutes`: how wrong this provider's clock goes.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import Provider, { errors } from '../../build/oidc/node_modules/oidc-provider/lib/index.js';

const options = JSON.parse(process.argv[2]);
if (options.minutes) {
  const right = Date.now;
  Date.now = () => right() + options.minutes * 60_000;
}
const issuer = `http://127.0.0.1:${options.port}`;
const known = async (login) => JSON.parse(await readFile(options.people, 'utf8'))[login];

const provider = new Provider(issuer, {
  clients: options.clients,
  acrValues: options.acr_values ?? [],
  conformIdTokenClaims: !options.claims_in_id_token, // many brokers of national eIDs say everything in the ID token
  claims: {
    openid: ['sub', 'amr', ...(options.always ?? [])],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name', 'birthdate'],
    customer: ['customer_no'],
  },
  scopes: ['openid', 'email', 'profile', 'customer'],
  cookies: { keys: ['only-for-tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Grant: 300, Interaction: 300, Session: 300 },
  async findAccount(_ctx, id) {
    const person = await known(id);
    return person && { accountId: id, claims: () => ({ sub: id, amr: person.amr, ...person.claims }) };
  },
});

provider.use(async (context, next) => {
  await next();
  if (context.oidc?.route === 'userinfo' && context.status === 200) {
    Object.assign(context.body, (await known(context.oidc.account.accountId)).userinfo);
  }
});

const page = (response, content) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><html lang="en"><title>Log-in for tests</title><main>${content}</main></html>`);
};
const button = (path, label, field = '') =>
  `<form method="post" action="${path}">${field}<button>${label}</button></form>`;

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

async function granted({ prompt, session, params, grantId }) {
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return grant.save();
}

async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  const here = `/interaction/${details.uid}`;
  const cancel = button(`${here}/cancel`, 'Cancel');
  if (request.method === 'GET') {
    const login = '<label>Who are you? <input name="login" required></label>';
    return page(response, details.prompt.name === 'login'
      ? `<h1>Log in</h1>${button(here, 'Log in', login)}${cancel}`
      : `<h1>Allow?</h1>${button(here, 'Allow')}${cancel}`);
  }
  if (request.url.endsWith('/cancel')) {
    const result = { error: 'access_denied', error_description: 'The person said no' };
    return provider.interactionFinished(request, response, result);
  }
  if (details.prompt.name !== 'login') {
    const result = { consent: { grantId: await granted(details) } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }
  const login = (await body(request)).get('login');
  const person = await known(login);
  if (!person) return page(response, `<h1>Nobody of that name</h1><a href="${here}">Try again</a>`);
  const result = { login: { accountId: login, acr: person.acr, amr: person.amr } };
  return provider.interactionFinished(request, response, result);
}

const otherwise = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return otherwise(request, response);
  return interact(request, response).catch((error) => {
    response.writeHead(error instanceof errors.SessionNotFound ? 400 : 500);
    response.end(error.message);
  });
}).listen(options.port, '127.0.0.1');
