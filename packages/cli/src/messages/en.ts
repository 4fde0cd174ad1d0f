/** What this program says, in English. */
export const en = {
  'program.description':
    'Pictures for WeChat Pay product coupons: upload them, or run the service they are uploaded to.',
  'program.lang': "language of what is said (default: by LC_ALL, LC_MESSAGES or LANG, else the system's)",
  'program.version': 'show the version',
  'program.helpHint': '(--help shows the options)',
  'list.comma': ', ',

  // The service's commands, where their package is not there.
  'service.needed': 'needs @coupon-media/service-cli',
  'service.missing':
    '{name} comes with @coupon-media/service-cli: npm install coupon-media @coupon-media/service-cli',
  'service.otherRelease':
    '{name} needs @coupon-media/service-cli {ours}, and {theirs} is installed: npm install coupon-media@{ours} @coupon-media/service-cli@{ours}',
  'service.broken': '{name} cannot be run, since @coupon-media/service-cli does not load: {why}',

  // Wrong use, and help.
  'use.unknownOption': "error: unknown option '{what}'",
  'use.unknownCommand': "error: unknown command '{what}'",
  'use.missingArgument': "error: missing required argument '{what}'",
  'use.missingOption': "error: required option '{what}' not specified",
  'use.missingValue': "error: option '{what}' argument missing",
  'use.invalidValue': "error: '{value}' is invalid for '{what}'. {why}",
  'use.tooMany': 'error: too many arguments{what}',
  'use.choices': 'Allowed choices are {list}.',
  'use.nearest': '(Did you mean {list}?)',
  'help.usage': 'Usage:',
  'help.arguments': 'Arguments:',
  'help.options': 'Options:',
  'help.globalOptions': 'Global Options:',
  'help.commands': 'Commands:',
  'help.option': 'show this help',
  'help.command': 'show the help of a command',
  'help.choices': 'choices: {list}',
  'help.default': 'default: {value}',
  'help.withNotes': '{text} ({notes})',

  // Why the file system refused.
  'reason.permissionDenied': 'permission denied',
  'reason.readOnly': 'the file system is read-only',
  'reason.noSpace': 'no space is left',
  'reason.notAFolder': 'a part of the path is a file, not a folder',
  'reason.isAFile': 'it is a file, not a folder',
  'reason.isAFolder': 'it is a folder, not a file',
  'reason.noSuchFile': 'there is no such file',
  'reason.tooManyOpen': 'too many files are open',
  'reason.linksInACircle': 'its links lead in a circle',
  'reason.nameTooLong': 'the name is longer than names may be',
  'failure.path': '{path}: {reason}',
  'key.notAPath':
    '{where}: this is {fault}; give the path of a file that holds it. The environment and a profile take PEM text and base64 of it, too; the command line, which others can see, does not',
  'key.unreadable': '{where}: {file}: {why}',
  'key.unreadableHidden':
    '{where}: {why}. What was given does not look like the path of a key file, and is not shown',

  // Files without end.
  'file.tooLarge':
    '{file} has more than {mebibytes} MiB, which is too much for what belongs here: name another file',
  'file.silent': 'nothing came from {file} for {seconds} s: see who writes to it, or name another file',
  'stdin.tooLarge': 'more than {mebibytes} MiB came on standard input: see what is sent there',

  // What is not the user's alone.
  'exposed.profile': 'others can change {file}, and with it where pictures are sent: chmod 600 {file}',
  'exposed.folder': 'others can put other files in place of those in {file}: chmod 700 {file}',
  'exposed.changeable': 'others can change {file}, a key that is relied on: chmod 600 {file}',
  'exposed.key': 'others can read the private key {file}: chmod 600 {file}',
  'exposed.secret': 'others can read {file}, and a key stands in it: chmod 600 {file}',
  'config.sandboxAnothers':
    '{file} is not used without being named, since it is a link or others can write to it. If you trust it: --profile {file}',
  'config.sandboxElsewhere':
    '{file} is not used without being named, since it leads to {host}, not to this machine. If you trust it: --profile {file}',
  'config.sandboxOutside':
    '{file} is not used without being named, since its {key} leads out of its folder. If you trust it: --profile {file}',

  // Settings.
  'option.profile': 'profile file, or the name of one in ~/.config/coupon-media (default: default)',
  'setting.hosts': 'the service: main host, then backups, separated by commas',
  'setting.mchid': 'merchant number',
  'setting.brandId': 'brand id, for brand merchants, in place of the merchant number',
  'setting.privateKey': "the merchant's private key, apiclient_key.pem",
  'setting.certificate': "the merchant's API certificate, apiclient_cert.pem",
  'setting.certificateSerialNo': 'serial of the API certificate; read from the certificate if that is given',
  'setting.wechatPayPublicKeyId': 'id of the WeChat Pay public key, PUB_KEY_ID_…',
  'setting.wechatPayPublicKey': 'the WeChat Pay public key, pub_key.pem',
  'setting.platformCertificate': 'a platform certificate, for merchants in certificate mode',
  'setting.apiV3Key': 'the APIv3 key, 32 characters',

  // Configuration.
  'config.description': 'who uploads, with what keys, where',
  'config.init': 'ask for a profile, write it, and test it as doctor does',
  'config.initProfile': 'file to write, or the name of one in ~/.config/coupon-media',
  'config.force': 'replace the file if it is there',
  'config.show': 'show every setting and where it came from; secrets stay hidden',
  'config.json': 'as JSON',
  'config.sandboxUsed': 'nothing is configured: using the sandbox of {file}',
  'config.noSuchProfile':
    'there is no profile {file}; make one with: coupon-media config init --profile {file}',
  'config.noSuchProfileHidden':
    '{where}: there is no such profile. What was given does not look like the name or the path of one, and is not shown',
  'config.notAnOrigin':
    '{where}: must be an address like https://api.mch.weixin.qq.com, several separated by commas, not {what}',
  'request.notOne': '{where}: must be {form}; this is {what}',
  'config.notJson': '{file} is no JSON object: {why}',
  'config.notText': '{key} in {file} must be text in quotes',
  'config.missing':
    '{key} is missing: give it in the profile, as {variable} or as {flag}. coupon-media config init asks for everything',
  'config.wrong': '{where}: {why}',
  'config.misplaced': '{where}: this is {what}, which does not belong here, and is not shown',
  'config.notAPath': '{where}: this is {fault}; give the path of a file',
  'config.hiddenPath': '(set; it does not look like the path of a key file, and is hidden)',
  'config.exists': '{file} is there already; --force replaces it',
  'config.written': 'written: {file}. Is it right?',
  'config.hidden': '(set, hidden)',
  'config.notSet': 'not set',
  'config.unknownKey': '{key} is in the file and means nothing here',
  'init.mchid': 'Merchant number (mchid)?',
  'init.privateKey': 'Private key, apiclient_key.pem: path?',
  'init.certificate': 'API certificate, apiclient_cert.pem: path? (empty: not at hand)',
  'init.serial': 'Serial of the API certificate, in hex?',
  'init.publicKeyId': 'Id of the WeChat Pay public key, PUB_KEY_ID_…? (empty: certificate mode)',
  'init.publicKey': 'WeChat Pay public key, pub_key.pem: path?',
  'init.platformCertificate': 'Platform certificate: path?',
  'init.hosts': 'Service?',
  'init.wrong': 'that cannot be right ({why}); once more',
  'init.ended': 'the answers ended at {key}; nothing was written',

  // Finding pictures.
  'find.notAPath': 'this is {fault}; give the path of a picture or a folder',
  'find.given': '({what})',
  'find.notAList': '{file} holds {what}, and no list of paths: a line each',
  'find.keys': 'keys or certificates',
  'find.json': 'JSON',
  'find.bytes': 'bytes that are no text',
  'find.noSuchFile': 'there is no such file or folder',
  'find.unreadable': 'it cannot be read',
  'find.noPictures': 'the folder has no pictures ({others} other {others:file|files})',
  'find.noMatch': 'no picture matches ({others} other {others:file|files})',

  // Upload.
  'upload.description': 'upload pictures: files, folders, globs, standard input; prints their URLs',
  'upload.argument': 'JPG, PNG or BMP, at most 2 MiB each; with --prepare any picture; - is standard input',
  'upload.filesFrom': 'take paths from this file too, a line each; - is standard input',
  'upload.null': 'with --files-from: paths end in NUL, as find -print0 writes them',
  'upload.filename': 'name for the one picture; needed with -',
  'upload.slot':
    "a place of the coupon; a picture that is not of its size is refused, with --prepare it's fitted",
  'upload.prepare': 'convert, fit and compress what would be refused, and say what was changed',
  'upload.fit': "with --prepare and --slot: how to fit (default: the slot's own way)",
  'upload.focus': 'with --fit: the part of the picture that matters (default: centre)',
  'upload.background': 'with --prepare: colour behind the picture, #rrggbb',
  'upload.dryRun': 'say what would be sent, changed and refused, and why; send nothing',
  'upload.concurrency': 'pictures at a time',
  'upload.rate': 'requests a second, retries too; 0 for no limit',
  'upload.retries': 'retries after 429, 5xx and network failures',
  'upload.timeout': 'deadline to connect, to send and to answer each (default: 5, 30 and 15)',
  'upload.ledger': 'where to keep account of what was sent',
  'upload.noLedger': 'keep no account: send everything',
  'upload.manifestOption': 'write what became of every picture to a .csv or .json file',
  'upload.json': 'print a JSON line for each picture',
  'upload.quiet': 'no progress, no summary',
  'upload.help': `What was sent is kept in a ledger, by SHA-256: the same command again sends only what is missing.
It is ~/.local/state/coupon-media/ledger-HOST-MERCHANT.jsonl; of a sandbox, beside its credentials.json.

Exit codes: 0 all uploaded · 1 some failed · 2 wrong use · 3 configuration, keys or permission · 130 interrupted`,
  'upload.nothingNamed': 'error: name a file, a folder, a glob or -, or give --files-from',
  'upload.stdinTwice': 'error: standard input is either a picture or the list of files',
  'upload.stdinUnnamed': 'a picture on standard input needs a name: --filename NAME.png',
  'upload.oneFilename': '--filename names one picture, and there are more or none',
  'upload.doesNotFit': 'not as the slot {slot} ({size}) wants it: the picture is {found}. To do: {needs}',
  'upload.beginning': '{n} {n:picture|pictures} to upload as {who} to {host}',
  'upload.planning': '{n} {n:picture|pictures}, dry run: nothing is sent',
  'upload.leftOut':
    '{n} other {n:file|files} left out: not {n:a picture|pictures} by {n:its name|their names}',
  'upload.finishing': 'finishing what is under way … Ctrl-C again lets go of it',
  'upload.manifest': 'manifest: {file}',
  'upload.stopped': 'stopped, {n} not tried: {why}',
  'upload.interrupted': 'interrupted, {n} not uploaded. The same command again goes on from here',
  'count.uploaded': '{n} uploaded',
  'count.known': '{n} uploaded before',
  'count.same': '{n} the same as another',
  'count.ready': '{n} would be sent',
  'count.failed': '{n} failed',
  'count.untried': '{n} not tried',
  'status.uploaded': 'uploaded',
  'status.known': 'uploaded before',
  'status.same': 'the same bytes as another',
  'status.ready': 'would be sent',
  'status.failed': 'would be refused',
  'status.untried': 'not tried',
  'change.filename': 'sent under the name {filename}',
  'change.bytes': '{before} bytes became {after}',
  'failures.more': '… and {n} more',
  'progress.line': '{done} of {total}',
  'progress.speed': '  {rate}/s  {left} left',
  'progress.failed': '  {n} failed',
  'progress.hostLeft': '{host} fails again and again: the next host is used for a while',
  'progress.hostBack': '{host} is back',
  'problem.status': '{host} answered {status} without a code ({type}): not the service, or a proxy before it',
  'remedy.fileTooLarge': 'Use --prepare, which makes it smaller, or compress it to 2,097,152 bytes or less.',
  'remedy.imageKindUnknown':
    'Use --prepare, which converts WebP, AVIF, GIF, TIFF and HEIC, or export it as PNG.',
  'remedy.imageBroken': 'Open it in an image program and export it again.',
  'remedy.SOURCE_UNREADABLE':
    'Check the path and the permission to read it, then run the same command again.',
  'remedy.noPictures': 'Name a folder with .jpg, .png or .bmp files; --prepare takes other kinds, too.',
  'remedy.TIMED_OUT.send': 'Raise --timeout where the line is slow, or lower --concurrency.',
  'remedy.TIMED_OUT.answer':
    'Run the same command again: uploading twice does no harm. Raise --timeout if it recurs.',
  'remedy.ABORTED': 'Run the same command again.',
  'remedy.RATELIMIT_EXCEEDED':
    'Lower --rate (all brands of a provider share one quota), and run the same command again.',
  'remedy.ledger':
    'Make room and run the same command again. What was uploaded is listed above, and nothing was sent without account.',

  // Ledger and manifest.
  'ledger.notOne': '{file} is no ledger of coupon-media; nothing was written to it',
  'ledger.another': '{file} is the ledger of {of}, and this upload is for {wanted}: give another --ledger',
  'ledger.inUse': 'another run (process {pid}) uses {file}; wait for it. If it has gone, delete {lock}',
  'ledger.inUseElsewhere':
    'a run on {host} (process {pid}) uses {file}; wait for it. If it has gone, delete {lock}',
  'ledger.tooLarge': '{file} has more than {mebibytes} MiB, as no ledger has: give another --ledger',
  'ledger.unwritable': 'the ledger cannot be written: {why}',
  'manifest.suffix': '--manifest {file}: must end in .csv or .json',

  // Doctor.
  'doctor.description': 'check keys, configuration, hosts, clock, signature and permission',
  'doctor.json': 'print a JSON line for each check',
  'doctor.help': `It sends each host one real upload whose file is empty. A service looks at the signature first, then at the
permission, and at the file last: PARAM_ERROR therefore proves the other two, and nothing is stored.

Exit codes: 0 all right · 1 a host or the clock is wrong · 3 configuration, keys or permission are wrong`,
  'doctor.settings': 'settings',
  'doctor.settings.ok': 'merchant {who}, from {from}',
  'doctor.noFile': 'environment and flags',
  'doctor.unknownKeys': 'not understood: {keys}',
  'doctor.noCaller': 'neither mchid nor brandId is given',
  'doctor.noCaller.remedy': 'Give mchid, the merchant number; coupon-media config init asks for everything.',
  'doctor.twoCallers': 'both mchid and brandId are given',
  'doctor.twoCallers.remedy': 'Merchants and providers have an mchid, brand merchants a brandId: give one.',
  'doctor.missing': 'missing',
  'doctor.notThatKey': 'not the file it should be: {why}',
  'doctor.privateKey': 'private key',
  'doctor.privateKey.ok': 'RSA, {bits} bits',
  'doctor.privateKey.remedy':
    'Give privateKeyPath: apiclient_key.pem, made when the API certificate was requested.',
  'doctor.certificate': 'certificate',
  'doctor.certificate.ok': 'belongs to the key, valid until {to}',
  'doctor.certificate.missing': 'not given, so the key cannot be compared with it',
  'doctor.certificate.remedy':
    "Give certificatePath: the merchant's own API certificate, apiclient_cert.pem, from merchant admin, API security.",
  'doctor.certificate.platform': "{serialNo} is WeChat Pay's platform certificate, not the merchant's",
  'doctor.certificate.notPair': 'does not belong to the private key',
  'doctor.certificate.notPair.remedy': 'Use the apiclient_cert.pem that came with this apiclient_key.pem.',
  'doctor.certificate.anothers': 'is that of merchant {commonName}, and mchid says {owner}',
  'doctor.certificate.expired': 'is valid from {from} to {to}',
  'doctor.certificate.expired.remedy':
    'Request a new API certificate in merchant admin, and replace key, certificate and serial together.',
  'doctor.serial': 'certificate serial',
  'doctor.serial.read': '{serialNo}, read from the certificate',
  'doctor.serial.unproven': 'not compared: there is no certificate',
  'doctor.serial.remedy':
    'Give the serial of apiclient_cert.pem: openssl x509 -in apiclient_cert.pem -noout -serial',
  'doctor.serial.platform': "{given} is WeChat Pay's, not the merchant's",
  'doctor.serial.decimal': 'is decimal; in hex it is {hex}',
  'doctor.serial.form': '{given} is not 8 to 40 hex digits',
  'doctor.serial.another': '{given} is not the serial of the certificate, which is {serialNo}',
  'doctor.publicKeyId': 'WeChat Pay public key id',
  'doctor.publicKeyId.form': '{given} is not PUB_KEY_ID_ and digits',
  'doctor.publicKeyId.certificateMode': 'certificate mode: answers are verified with platform certificates',
  'doctor.publicKeyId.remedy':
    'Give wechatPayPublicKeyId as merchant admin shows it: PUB_KEY_ID_ and digits.',
  'doctor.publicKey': 'WeChat Pay public key',
  'doctor.publicKey.ok': 'an RSA public key',
  'doctor.publicKey.none': 'none: certificates are downloaded with the APIv3 key',
  'doctor.publicKey.certificate': 'platform certificate {serialNo}',
  'doctor.publicKey.own': "is the merchant's own public key, not WeChat Pay's",
  'doctor.publicKey.remedy':
    'Give wechatPayPublicKeyPath: pub_key.pem, downloaded from merchant admin, API security.',
  'doctor.host': '{host}',
  'doctor.host.ok': 'answers in {milliseconds} ms',
  'doctor.host.dead': 'does not answer: {why}',
  'doctor.host.remedy': 'Check address, DNS, firewall and proxy (HTTPS_PROXY), and the TLS certificate.',
  'doctor.host.another': 'answered {status}, but not as this service does',
  'doctor.host.another.remedy': 'See whether baseUrl is right, and whether a proxy answers in its place.',
  'doctor.clock': 'clock',
  'doctor.clock.ok': "{seconds} s from the host's",
  'doctor.clock.off': "{seconds} s from the host's; at 300 requests are refused",
  'doctor.clock.remedy': "Set this machine's clock, and keep it by NTP.",
  'doctor.signature': 'signature',
  'doctor.signature.ok': 'accepted: an upload without a picture was refused for that alone ({code})',
  'doctor.signature.remedy': 'Compare mchid, serial and key; coupon-media explain finds which is wrong.',
  'doctor.permission': 'permission',
  'doctor.permission.ok': 'product coupons are enabled',
  'doctor.permission.remedy': 'Have product coupons enabled for this merchant in merchant admin.',
  'doctor.answer': "answer's signature",
  'doctor.answer.ok': 'holds, by {serial}',
  'doctor.answer.unsigned': 'the answer carries no signature',
  'doctor.answer.stale': "the answer's timestamp is 300 s or more from this clock",
  'doctor.answer.unknownKey': 'signed with {serial}, which is not known here',
  'doctor.answer.unknownKey.remedy':
    'Give the public key of that id, or the platform certificate of that serial.',
  'doctor.answer.signatureWrong': 'does not hold by the key given for {serial}',
  'doctor.answer.signatureWrong.remedy':
    'Download pub_key.pem again: this file is not the key of that id. See also whether a proxy alters answers.',
  'doctor.noAnswer': 'no host answered',
  'doctor.notSigned': 'nothing to sign with',
  'doctor.unproven': "cannot be told before the answer's signature holds",
  'doctor.undecided': 'the answer, {status}, does not tell',
  'doctor.well': 'All well: {ok} checks.',
  'doctor.wellButSkipped': 'Nothing wrong: {ok} checks; {skipped} could not be made.',
  'doctor.ill': '{n} wrong, {ok} right.',

  // Explain, sign, verify.
  'explain.description': 'say which mistake made a request fail with SIGN_ERROR',
  'explain.argument':
    'the request as HTTP, what curl -v printed, its header lines, or the body of the refusal; - is standard input',
  'explain.method': 'HTTP method',
  'explain.url': 'URL as requested, or its path and query',
  'explain.authorization': 'the Authorization header',
  'explain.body': 'file of the body as sent',
  'explain.meta': "file of an upload's meta as sent",
  'explain.message': 'file of the string that was signed, where a log has it',
  'explain.json': 'print a JSON line for each finding',
  'explain.help': `With the merchant's key or certificate (a profile, or --certificate) the signature is opened, and each
mistake people make is tried until one fits: what fits is certain.

Exit codes: 0 something was found · 1 nothing can be said · 2 wrong use`,
  'explain.nothing': 'error: give a capture, or --url, --authorization and --meta or --body',
  'explain.notACapture': '{file} is neither HTTP, nor what curl -v prints, nor JSON',
  'explain.noProfile': 'environment and flags',
  'explain.keysOf': 'keys: {from}',
  'explain.uncertain': ' (not proven)',
  'explain.nothingFound': 'Too little to say what is wrong. What would tell more:',
  'explain.want.authorization': '· the Authorization header (--authorization)',
  'explain.want.body': '· the body, or of an upload its meta (--body, --meta)',
  'explain.want.key': "· the merchant's certificate or key (--certificate, --profile)",
  'explain.want.answer': "· the refusal's body, with detail.sign_information",
  'sign.description': 'sign a request, and show what is signed: to compare with another language',
  'sign.url': 'URL, or its path and query',
  'sign.body': 'file of what the signature covers: the body, or of an upload its meta; - is standard input',
  'sign.text': 'the same, as text',
  'sign.timestamp': 'Unix seconds (default: now)',
  'sign.nonce': 'nonce (default: random)',
  'sign.json': 'as JSON',
  'sign.message': 'Signed ({bytes} bytes)',
  'sign.signature': 'Signature',
  'sign.noKey': 'nothing to sign with: give a private key and the serial or certificate that belongs to it',
  'sign.unusable':
    'what comes of it is no Authorization that a service takes: see that nonce, timestamp and serial have their form',
  'verify.description': "verify a captured answer with WeChat Pay's key, or a request with the merchant's",
  'verify.argument': 'HTTP as it went over the wire, or what curl -v printed; - is standard input',
  'verify.body': 'file of the body, where the capture has it not; of an upload, its meta',
  'verify.now': 'refuse an answer that is 300 s or more from this Unix time (default: any age will do)',
  'verify.json': 'as JSON',
  'verify.help': 'Exit codes: 0 it holds · 1 it does not · 2 wrong use · 3 configuration or keys',
  'verify.genuine': 'the signature holds, by {key}',
  'verify.signatureWrong': 'the signature does not hold by the key given for {serial}',
  'verify.malformed':
    'the capture has no Authorization header of the right form; explain tells what is wrong',
  'verify.metaMissing': 'of an upload meta alone is signed: give it as --body META.json',
  'verify.noKey': "nothing to verify with: give the merchant's certificate or key",

  // Completion.
  'completion.description': 'print a script that completes commands and options',
  'completion.help': `bash: source <(coupon-media completion bash)
zsh:  coupon-media completion zsh > "\${fpath[1]}/_coupon-media"`,
} as const satisfies Readonly<Record<string, string>>;

/** Every sentence of this package. */
export type MessageKey = keyof typeof en;
