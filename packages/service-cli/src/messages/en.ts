/** What the service's commands say, in English. */
export const en = {
  // Options of several commands.
  'option.data':
    "the service's folder (default: the cluster of COUPON_MEDIA_DATABASE_URL, else COUPON_MEDIA_DATA, else .coupon-media)",
  'option.onOrOff': 'on or off',
  'option.limit': 'how many at most',
  'cluster.notInstalled':
    'the configuration names a cluster, whose engines are a package of their own: npm install @coupon-media/cluster',
  'records.whose': 'using {store}',
  'records.made':
    'made a new store, since there was none: {store}. If the service has another folder, name it with --data, and remove this one',

  // Sandbox.
  'sandbox.description':
    'run a whole service for development, with generated keys, and upload three images to it',
  'sandbox.data': 'folder of the sandbox: keys, images, credentials.json (default: .coupon-media)',
  'sandbox.demoElsewhere':
    'error: --data and --demo do not go together: a demo runs in a temporary folder of its own',
  'sandbox.port':
    'port to listen on (default: the folder remembers; on its first run 8787 or the next free one)',
  'sandbox.quota': 'uploads a second of a merchant without a quota of its own (default: no limit)',
  'sandbox.demo': 'in a fresh temporary folder, then exit: 0 if every upload succeeded, else 1',
  'sandbox.init.description': 'write a test file that starts a sandbox, uploads an image, and passes',
  'sandbox.init.file': 'the file to write (default: one that the test runner of package.json finds)',
  'sandbox.init.runner': 'for which test runner (default: the one in package.json, else node:test)',
  'sandbox.init.exists': '{file} exists already: give the name of another file',
  'sandbox.init.written': 'wrote {file} for {runner}. Run it with: {command}',
  'sandbox.init.others': 'for another test runner: --runner {others}',
  'sandbox.init.install': 'it needs @coupon-media/sandbox: npm install --save-dev @coupon-media/sandbox',
  'sandbox.portTaken': 'port {port} is taken: this sandbox uses the next free one, and keeps it',
  'sandbox.running': 'coupon-media sandbox  {url}  merchant {mchid}',
  'sandbox.uploaded': '{image}  {bytes} bytes  both signatures valid, SHA-256 equal',
  'sandbox.allHeld': 'all three uploads succeeded.',
  'sandbox.demoFailed': 'the demo failed: {why}',
  'sandbox.stopping': 'stopping …',
  'sandbox.next': 'What next',
  'sandbox.next.console': 'in a browser      {url}/console/',
  'sandbox.next.shell': 'from the shell    npx --no-install coupon-media upload IMAGE.jpg{profile}',
  'sandbox.next.typescript': 'from TypeScript   samples/typescript/upload.ts, or',
  'sandbox.next.anything': 'from anything     {credentials} names the keys: {merchant}/ and {platform}/',
  'sandbox.next.door':
    'by a token        curl -H "Authorization: Bearer $(cat {file})" -H "Content-Type: image/png" --data-binary @IMAGE.png {url}',
  'sandbox.next.certificateMode':
    'certificate mode  merchant {mchid} of {file}: its responses are signed with the platform certificate, for clients that send no Wechatpay-Serial',
  'sandbox.next.test':
    'in a test         npx --no-install coupon-media sandbox init writes a test file that starts a sandbox of its own',
  'sandbox.next.requests': 'what arrived      npx --no-install coupon-media sandbox requests --follow{data}',
  'sandbox.next.faults':
    'what goes wrong   a file fault-429.png gets a 429; --faults and /sandbox/faults have all others; backup host {backup}',
  'sandbox.faults': 'rules for what is to go wrong, as JSON (docs/sandbox.md)',
  'sandbox.faults.added': 'fault rules from {file}: {count}',
  'sandbox.allowHost': 'host names beside those of this machine under which /sandbox responds',
  'sandbox.responses':
    "a JSON file with responses to calls that are not uploads, in WireMock's words (docs/sandbox.md)",
  'sandbox.next.notify':
    'notifications     npx --no-install coupon-media sandbox notify http://127.0.0.1:3000/notify --each{data}',
  'sandbox.notify.description':
    'send a notification as WeChat Pay does, right or wrong, and report how the receiver responded. Exit code 1: it accepted what it had to refuse, or refused what it had to accept',
  'sandbox.notify.url': 'where notifications arrive: http or https',
  'sandbox.notify.event': 'type of the event (default: PRODUCT_COUPON_SP.SEND)',
  'sandbox.notify.resource': 'a JSON file with what is encrypted (default: an example for the event)',
  'sandbox.notify.mistake':
    'what is wrong with it: signature, signtest, unsigned, old, future, key, serial, body, apiv3-key, associated-data or not-json',
  'sandbox.notify.each': 'a right one, and one with each mistake',
  'sandbox.notify.times': 'deliver the same notification so many times, as WeChat Pay may (default: 1)',
  'sandbox.notify.merchant': 'mchid or brand_id of the receiver (default: the first merchant of the sandbox)',
  'sandbox.notify.json': 'a JSON object a line, with what was sent',
  'sandbox.notify.genuine': 'as WeChat Pay sends it',
  'jsonFile.wrong': '{file} is not JSON',
  'jsonFile.refused': '{file}: {why}',
  'sandbox.requests.description':
    'show the requests that a running sandbox received, and which mistake was made in each refused one',
  'sandbox.requests.url': 'address of the sandbox (default: that of credentials.json in --data)',
  'sandbox.requests.follow': 'go on with each request as it ends, until Ctrl-C',
  'sandbox.requests.json': 'a JSON object a line',
  'sandbox.requests.none': 'no requests yet',
  'sandbox.requests.away': 'no sandbox responds at {url}: {why}',
  'sandbox.requests.noFolder':
    'there is no sandbox in {file}: start one with coupon-media sandbox, or give its --data or --url',
  'sandbox.tls':
    'TLS as api.mch.weixin.qq.com and its backups, for programs that have these hosts compiled in, and a proxy that leads to it',
  'sandbox.tlsPort':
    'port of TLS (default: 443, or 8443 or the next free one if 443 cannot be had); implies --tls',
  'sandbox.proxyPort': 'port of the proxy (default: 8790 or the next free one); implies --tls',
  'sandbox.tls.title': 'TLS as {hosts}, for programs that have these hosts compiled in',
  'sandbox.tls.proxy':
    'proxy  {proxy}  joins these names at port 443 to this sandbox, and refuses every other',
  'sandbox.tls.ca': 'CA     {file}  until {day}; whoever trusts it trusts it for these names alone',
  'sandbox.tls.port':
    'port   {port} of 127.0.0.1, for what needs no proxy: curl --connect-to ::127.0.0.1:{port}',
  'sandbox.tls.noRight':
    '       not 443, which this user may not open: programs lose nothing by it, since the proxy leads to port {port}',
  'sandbox.tls.taken':
    '       not 443, which another program uses: programs lose nothing by it, since the proxy leads to port {port}',
  'sandbox.tls.node':
    'Node.js before 22.21 and 24.5 knows no NODE_USE_ENV_PROXY: give the SDK an agent of https-proxy-agent, and axios proxy: false',
  'sandbox.tls.java':
    'Apache HttpClient 4 and 5 read these settings after useSystemProperties() only; an own trust store replaces that of Java',
  'sandbox.tls.go':
    'on macOS and Windows Go reads no SSL_CERT_FILE: add the CA to RootCAs of the tls.Config in a test',
  'sandbox.tls.php': 'Guzzle and curl read HTTPS_PROXY; PHP streams read none',
  'sandbox.tls.dotnet':
    'on Windows .NET reads no SSL_CERT_FILE: check the CA in a ServerCertificateCustomValidationCallback in a test',
  'sandbox.tls.others':
    'If the program calls other HTTPS hosts too, name them in NO_PROXY (Java: -Dhttp.nonProxyHosts).',
  'sandbox.tls.signOnly':
    'WxJava and wechatpay-apache-httpclient sign only for *.mch.weixin.qq.com: leave their hosts as they are and use the proxy; under another address they send no signature.',
  'sandbox.tls.leftAlone':
    "Nothing is put into the system's store, /etc/hosts or a shell profile. Every program would trust such a CA, and such a line would send real payments here, long after this sandbox has ended. Give both to the program that you start.",
  'sandbox.requests.replayOf': '(replay of #{number})',
  'sandbox.requests.gaveWay':
    '{n} older {n:request|requests} gave way: the journal of the sandbox is at its bound',
  'sandbox.replay.description':
    'send a request that a running sandbox received to it again; exit 1 if it is refused',
  'sandbox.replay.number': 'its number in coupon-media sandbox requests',
  'sandbox.replay.resign':
    "sign it with the key of the sandbox's own merchant and the present time (default: judge it as it came, by its own time)",
  'sandbox.refused': 'the sandbox refused: {why}',
  'sandbox.next.end': 'Ctrl-C stops the service; the folder keeps everything.',

  // Serve.
  'serve.description': 'run the service',
  'serve.otherRuntime':
    'this is {runtime}. The service is tested on Node; docs/RUNTIMES.md has what was tried on {runtime}. Run it on Node in production',
  'serve.running': 'coupon-media serves {store} at {host} port {port}; images at {url}/images/',

  // Relay.
  'relay.description':
    "run the relay: the service with WeChat Pay behind it, which answers with WeChat Pay's own URL",
  'relay.running':
    'coupon-media relay: {store}, at {host} port {port}; APIv3 at the paths of WeChat Pay, plain HTTP at /v1',
  'relay.notInstalled': 'the relay is a package of its own: npm install @coupon-media/relay',
  'relay.account': 'the upstream account, by its name in the accounts file',
  'relay.accounts': 'the accounts file (default: COUPON_MEDIA_ACCOUNTS_FILE)',
  'relay.accountsMissing': 'name the accounts file with --accounts or COUPON_MEDIA_ACCOUNTS_FILE',
  'relay.forget': 'make the next upload of an image go upstream again, as for one that was taken down',
  'relay.forget.digest': 'SHA-256 of the image, 64 hex digits',
  'relay.forget.digestWrong': 'error: a digest is 64 hex digits, as sha256sum prints',
  'relay.forget.done':
    '{sha256} is forgotten for {account} ({endpoints}): its next upload goes to WeChat Pay',
  'relay.forget.none': 'nothing is recorded of {sha256} for {account}',
  'relay.import':
    "take over what coupon-media upload has uploaded as this account: those images aren't sent again",
  'relay.import.ledger': 'a ledger of coupon-media upload (ledger-….jsonl)',
  'relay.import.another':
    '{file} is of {of}, and account {account} is {wanted}: its URLs would be those of somebody else',
  'relay.import.done': '{n} {n:image|images} taken over for {account}, {known} known before',

  // Tokens.
  'token.description': 'who may use the plain door of a relay; a running relay sees a change within a second',
  'token.create': 'make a token and print it, once: only a hash of it is kept',
  'token.account': 'the upstream account whose URLs it gets, by its name in the accounts file',
  'token.name': 'what people call it: the program or the team that has it',
  'token.scope': 'what it may do: upload, read, admin, with commas between them',
  'token.quota': 'uploads a second (default: no limit)',
  'token.expires': 'after which time it ends, as 90d (default: never)',
  'token.created': 'token {id} for {account}. It is shown this once: give it to its user over a safe way',
  'token.list': 'list the tokens by their public ids; the tokens themselves are kept nowhere',
  'token.none': 'no tokens',
  'token.valid': 'valid',
  'token.revoke': 'end a token, at once and for good',
  'token.id': 'its public id, cmr_ and 12 hex digits',
  'token.unknown': 'there is no such token: coupon-media token list shows the ids of all',
  'token.revoked': '{id}  revoked',

  // Audit.
  'audit.description': 'who asked for which image, when, and what WeChat Pay answered; the oldest first',
  'audit.since': 'not before: a time as 2026-11-28T08:00:00Z, or how long ago as 2h, 7d (default: 1d)',
  'audit.sinceWrong': 'a time as 2026-11-28T08:00:00Z, or a number with h, d or w, as 7d',
  'audit.caller': 'of this caller only: an mchid, a brand_id, or the public id of a token, cmr_…',
  'audit.follow': 'go on with each entry as it is written, until Ctrl-C',
  'audit.json': 'a JSON object a line, with every field',
  'audit.none': 'no entries',

  // Merchants.
  'merchant.description': 'who may upload; a running service sees a change within a second',
  'merchant.add': 'let a merchant upload: its mchid, or its brand_id with --brand',
  'merchant.certificate': 'its API certificate, apiclient_cert.pem; the private key stays with it',
  'merchant.brand': 'a brand: it signs under the brand scheme, as its brand_id',
  'merchant.apiV3KeyFile': 'file of its APIv3 key, 32 characters (default: one is made, and printed)',
  'merchant.quota': "uploads a second, 0 for no limit (the service's is the default)",
  'merchant.productCoupon': 'whether product coupons are enabled',
  'merchant.list': 'list the merchants, and until when each has a valid certificate',
  'merchant.expiring':
    'only those that may upload and will have no valid certificate after this time, as 14d (h hours, d days, w weeks)',
  'merchant.noneExpiring': 'no merchant is without a valid certificate until {day}',
  'option.duration': 'a number with h, d or w, as 14d',
  'merchant.show': 'show a merchant: settings, certificates, and whether each is valid',
  'merchant.apiV3Key': 'also show its APIv3 key, a secret',
  'merchant.set': "change a merchant's settings",
  'merchant.platformKey': "signs responses to requests that name no key (the service's is the default)",
  'merchant.enable': 'let a merchant that was disabled upload again',
  'merchant.disable': 'refuse all requests of a merchant',
  'merchant.handout': 'print a profile for a merchant, as --profile of upload and doctor takes it',
  'merchant.baseUrl': "where the merchant uploads (default: the service's public URL)",
  'merchant.handoutKey': 'with its APIv3 key, a secret',
  'merchant.baseUrlAssumed':
    'baseUrl is {url}, where images are served; if uploads go to another host, give --base-url',
  'merchant.baseUrlWrong': '--base-url: must be an http:// or https:// URL without user, query or fragment',
  'merchant.baseUrlMissing':
    'the service has no public URL yet: say where the merchant uploads with --base-url https://…',
  'merchant.nothingValid': 'merchant {id} has no valid certificate: add one with merchant add-certificate',
  'merchant.handoutNext':
    'save it as a file beside apiclient_key.pem, the private key; coupon-media doctor --profile FILE then tries it',
  'merchant.addCertificate': 'add an API certificate; three may be valid at a time',
  'merchant.revokeCertificate': 'end an API certificate, at once and for good',
  'merchant.nothingToSet': 'error: nothing to set: give --quota, --product-coupon or --platform-key',
  'merchant.none': 'no merchants',
  'merchant.keyMade': 'APIv3 key {key}',
  'merchant.validCertificates': '{n} valid {n:certificate|certificates} until {day}',
  'merchant.noValidCertificate': 'no valid certificate',
  'merchant.disabled': 'disabled',
  'merchant.mayUpload': 'may upload',
  'merchant.mayUploadOthers': 'may upload, but not for product coupons',
  'merchant.quotaOfService': "the service's quota",
  'merchant.quotaNone': 'no quota',
  'merchant.quotaOwn': '{n} uploads a second',
  'merchant.row.state': 'state',
  'merchant.row.quota': 'quota',
  'merchant.row.responses': 'responses',
  'merchant.row.certificates': 'certificates',
  'merchant.row.apiV3Key': 'APIv3 key',
  'merchant.responses': 'signed by {key}, unless a request names another',
  'merchant.defaultKey': "the service's default key",
  'merchant.noCertificates': 'none',
  'certificate.valid': 'valid until {day}',
  'certificate.early': 'valid from {day}',
  'certificate.expired': 'expired on {day}',
  'certificate.revoked': 'revoked on {day}',

  // Platform keys.
  'platformKey.description': 'the keys that sign responses; a running service sees a change within a second',
  'platformKey.add':
    'add a key: a public-key pair is made, or files of one are taken; prints the public half',
  'platformKey.privateKey': 'take this private key',
  'platformKey.certificate': 'with --private-key: the platform certificate over it',
  'platformKey.publicKey': 'with --private-key: its public key (default: computed)',
  'platformKey.id': 'with --private-key: the PUB_KEY_ID_… that merchants know it by (default: made)',
  'platformKey.list': 'list the keys, the oldest first, and when each last signed a response',
  'platformKey.show':
    "print a key's id and its public half, for merchants (default: the key that signs unless another is named)",
  'platformKey.retire': 'take a key out of use; the last one stays',
  'platformKey.retireId': 'PUB_KEY_ID_…, or a certificate serial',
  'platformKey.retireYes': 'also if it signed a response within the last hour',
  'platformKey.retireAsk':
    '{id} signed a response at {time}: clients that know no other key will refuse good responses. Retire it? [y/N]',
  'platformKey.retireRecent':
    '{id} signed a response at {time}: clients that know no other key would refuse good responses. Once they know another, or if the key leaked, give --yes',
  'platformKey.kept': '{id} stays in use',
  'platformKey.usedAt': 'last signed {time}',
  'platformKey.unused': 'no response signed yet',
  'platformKey.needsPrivateKey': 'error: --certificate, --public-key and --id go with --private-key',
  'platformKey.othersRead': 'others can read {file}; chmod 600 keeps a private key private',
  'platformKey.none': 'no keys: the service makes one when it first starts',
  'platformKey.retired': '{id}  retired',
  'platformKey.publicKeyKind': 'public-key',
  'platformKey.certificateKind': 'certificate',
  'platformKey.inUse': 'in use',
  'platformKey.inUseUntil': 'in use, valid until {day}',
  'platformKey.expiredOn': 'expired on {day}',
  'platformKey.retiredOn': 'retired on {day}',

  // Store.
  'store.description': "a service's images and records; each of these works while the service runs",
  'store.list': 'list uploads, the newest first',
  'store.list.merchant': 'of this merchant only',
  'store.list.filename': 'whose filename has this in it, only',
  'store.list.cursor': 'go on where the page before ended',
  'store.list.json': 'a JSON object a line',
  'store.list.more': 'more: --cursor {cursor}',
  'store.check':
    'verify every record by its bytes, and every file by its record; exit 1 where something is wrong',
  'store.check.deep': "of a cluster: read every image and verify its digest, not only that it's there, whole",
  'store.check.ok': '{images} images of {bytes} bytes, {uploads} uploads: no problems',
  'store.check.problems': '{images} images of {bytes} bytes, {uploads} uploads: {n} {n:problem|problems}',
  'store.problem.missing': 'missing',
  'store.problem.damaged': 'damaged',
  'store.problem.orphan': 'orphan',
  'store.problem.unreadable': 'unreadable',
  'store.problem.structure': 'structure',
  'store.problem.unattached': 'unattached',
  'store.problem.unusable': 'unusable',
  'store.backup': 'copy everything as of now into an empty folder, which opens as a store',
  'store.backup.folder': 'where to',
  'store.backup.done': '{images} {images:image|images} copied to {to}',
  'store.backup.doneFiles':
    '{images} {images:image|images} copied to {to}, {files} in {files:a file of its own|files of their own}',
  'store.backup.ofCluster':
    "a cluster is backed up by its engines' own means: the database first, by pg_dump or the provider's snapshots, then the bucket, by versioning or replication (what has a row has an object); Redis needs none. For a folder, give --data",

  // Store migrate.
  'migrate.description':
    "move a folder's images, uploads, merchants and keys to a cluster; URLs stay as they were given",
  'migrate.to': 'the cluster that COUPON_MEDIA_DATABASE_URL and its like name, as for serve',
  'migrate.data': 'the folder to move (default: COUPON_MEDIA_DATA, else .coupon-media)',
  'migrate.noVerify': 'do not compare every record, and read every image back, at the end',
  'migrate.help': `The folder is only read, and a service may go on with it: move what there is while it serves, stop it, and run the same
command again for the rest; then start the nodes. After a kill or Ctrl-C, the same command continues.
Run again, it moves nothing twice, and verifies. The engines' settings are those of serve (coupon-media serve --help);
they come by the environment alone, since others can read a command line.

Exit codes: 0 all is moved, and equal · 1 something could not be moved or differs · 2 wrong use ·
3 configuration or engines · 130 interrupted`,
  'migrate.noCluster':
    'COUPON_MEDIA_DATABASE_URL: must be given, with COUPON_MEDIA_S3_BUCKET and COUPON_MEDIA_REDIS_URL: they name the cluster to move to',
  'migrate.moving': 'moving the folder {folder} to {store}',
  'migrate.finishing': 'finishing the batch under way … Ctrl-C again ends at once',
  'migrate.phase.images': '{n} {n:image|images}',
  'migrate.phase.uploads': '{n} {n:record of an upload|records of uploads}',
  'migrate.phase.verify': '{n} {n:record or image|records and images} to verify',
  'migrate.left': 'left behind  {sha256}  {detail}',
  'migrate.conflict': "changed on both sides, the cluster's stays  {name}",
  'migrate.nothing': 'nothing to move: the cluster has all {images} images and {uploads} uploads',
  'migrate.moved':
    'moved {images} images of {bytes} bytes, {uploads} uploads, {records} merchants, keys and settings, {nonces} nonces',
  'migrate.rows': 'moved {n} {n:row|rows} of the relay: what is recorded and pending, tokens, audit',
  'migrate.serving':
    'a service still uses the folder: stop it, and run the same command again for newer uploads',
  'migrate.marked': 'the folder is marked as moved, so that no service serves it any more: {file}',
  'migrate.differs': 'differs  {what}  {id}  {detail}',
  'migrate.image': 'image',
  'migrate.object': 'object',
  'migrate.upload': 'upload',
  'migrate.record': 'record',
  'migrate.equal': 'verified {images} images by their digests and {uploads} uploads: all equal',
  'migrate.different':
    'verified {images} images by their digests and {uploads} uploads: {n} {n:difference|differences}',
  'migrate.stopped': 'stopped; run the same command again to continue',
} as const satisfies Readonly<Record<string, string>>;

/** Every sentence of this package. */
export type ServiceKey = keyof typeof en;
