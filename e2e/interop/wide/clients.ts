/** A registry that interop:wide installs from. A language without one that is reached has no rows here. */
export type Registry = 'Debian' | 'npm' | 'PyPI' | 'crates.io' | 'Go module proxy' | 'Maven Central';

/** A client that is installed by exact version and run as its users run it. */
export interface WideClient {
  client: string;
  language: string;
  registry: Registry;
  /** The packages with exact versions, first the one whose version the table shows. */
  packages: readonly string[];
  /** The file in `programs/`, or the name that the language's one program knows it by. */
  program: string;
  /** What runs it in place of the machine's Node: a package of npm. */
  runtime?: string;
  arguments?: readonly string[];
  /** What its user changes, besides missing headers. */
  set?: string;
}

const AS_JSON = 'meta by addTextBody("meta", meta, ContentType.APPLICATION_JSON)';
const NODE_24 = 'node@24.21.0';

export const clients: readonly WideClient[] = [
  ...debian('Perl', 'lwp.pl', 'LWP::UserAgent', ['libwww-perl=6.68-1']),
  ...debian('Perl', 'mojo.pl', 'Mojo::UserAgent', ['libmojolicious-perl=9.31+dfsg-1'], {
    set: 'give Mojo decoded text: decode_utf8($meta)',
  }),
  ...debian('Perl', 'mojodec.pl', 'Mojo::UserAgent, decoded text', ['libmojolicious-perl=9.31+dfsg-1']),
  ...debian('Perl', 'httptiny.pl', 'HTTP::Tiny::Multipart', ['libhttp-tiny-multipart-perl=0.08-2']),
  ...debian('Perl', 'furl.pl', 'Furl', ['libfurl-perl=3.14-2']),
  ...debian('Perl', 'wwwcurl.pl', 'WWW::Curl', ['libwww-curl-perl=4.17-10']),
  ...debian('Ruby', 'nethttp.rb', 'Net::HTTP, set_form', ['ruby=1:3.1']),
  ...debian('Ruby', 'restclient.rb', 'rest-client', ['ruby-rest-client=2.1.0-3']),
  ...debian('Ruby', 'httpclient.rb', 'httpclient', ['ruby-httpclient=2.8.3+git20211122.4658227-1']),
  ...debian('Ruby', 'faraday.rb', 'Faraday with multipart-post', ['ruby-faraday=1.1.0-7']),
  ...debian('Ruby', 'httprb.rb', 'http.rb', ['ruby-http=4.4.1-5']),
  ...debian('Ruby', 'typhoeus.rb', 'Typhoeus', ['ruby-typhoeus=1.4.0-3']),
  ...debian('Ruby', 'httparty.rb', 'HTTParty', ['ruby-httparty=0.21.0-1']),
  ...debian('Ruby', 'multipartpost.rb', 'multipart-post', ['ruby-multipart-post=2.0.0-2']),
  ...debian('Ruby', 'curb.rb', 'curb', ['ruby-curb=1.0.5-1']),
  ...debian('PHP', 'guzzle.php', 'Guzzle', ['php-guzzlehttp-guzzle=7.4.5-1', 'php8.2-cli=8.2.36-1~deb12u1']),
  ...debian('PHP', 'symfony.php', 'Symfony HttpClient, iterable', [
    'php-symfony-http-client=5.4.53+dfsg-0+deb12u1',
    'php-symfony-mime=5.4.53+dfsg-0+deb12u1',
  ]),
  ...debian('PHP', 'phpcurl.php', 'curl extension, CURLStringFile', [
    'php8.2-curl=8.2.36-1~deb12u1',
    'php8.2-cli=8.2.36-1~deb12u1',
  ]),
  ...debian('PHP', 'phpcurlfile.php', 'curl extension, CURLFile', [
    'php8.2-curl=8.2.36-1~deb12u1',
    'php8.2-cli=8.2.36-1~deb12u1',
  ]),
  ...debian('R', 'httr.R', 'httr', ['r-cran-httr=1.4.5+dfsg-1']),
  ...debian('R', 'httr2.R', 'httr2', ['r-cran-httr2=0.2.2-2']),
  ...debian('Tcl', 'tcl.tcl', 'Tcllib mime and http', ['tcllib=1.21+dfsg-1'], {
    set: 'write the body by hand: mime::buildmessage encodes each part',
  }),
  ...debian('Common Lisp', 'drakma.lisp', 'Drakma', ['cl-drakma=2.0.8-1', 'sbcl']),
  ...debian('Prolog', 'swi.pl', 'library(http/http_open)', ['swi-prolog-nox=9.0.4+dfsg-2']),
  ...debian('C', 'soup3.py', 'libsoup 3', ['gir1.2-soup-3.0=3.2.3-0+deb12u2', 'python3-gi'], {
    arguments: ['3.0'],
  }),
  ...debian('C', 'soup3.py', 'libsoup 2.4', ['gir1.2-soup-2.4=2.74.3-1+deb12u1', 'python3-gi'], {
    arguments: ['2.4'],
  }),
  ...debian('C++', 'qt6.py', 'QHttpMultiPart, Qt 6', ['python3-pyqt6=6.4.2-1'], { arguments: ['6'] }),
  ...debian('C', 'wget2.sh', 'GNU Wget2', ['wget2=1.99.1-2.2'], { set: 'has no multipart form; use curl' }),
  ...javascript('got', ['got14@npm:got@14.6.6'], { client: 'Got', program: 'got14' }),
  ...javascript('got', ['got@16.1.0'], { client: 'Got', runtime: NODE_24 }),
  ...javascript('undici', ['undici@8.13.1'], { client: 'fetch of undici', runtime: NODE_24 }),
  ...javascript('ky', ['ky@2.1.0'], { runtime: NODE_24 }),
  ...javascript('node-fetch', ['node-fetch@3.3.2']),
  ...javascript('superagent', ['superagent@10.4.2'], { client: 'SuperAgent' }),
  ...javascript('needle', ['needle@3.5.0'], { client: 'Needle' }),
  ...javascript('urllib', ['urllib@4.9.2']),
  ...javascript('ofetch', ['ofetch@1.5.1']),
  ...javascript('wretch', ['wretch@3.0.9'], { runtime: NODE_24 }),
  ...javascript('wreck', ['@hapi/wreck@18.1.2', 'form-data@4.0.6'], { client: '@hapi/wreck and form-data' }),
  ...javascript('make-fetch-happen', ['make-fetch-happen@16.0.1'], {
    runtime: NODE_24,
    set: 'a form of the package form-data: it sends the text of a FormData object, [object FormData]',
  }),
  ...javascript('make-fetch-happen', ['make-fetch-happen@16.0.1', 'form-data@4.0.6'], {
    client: 'make-fetch-happen and form-data',
    runtime: NODE_24,
    arguments: ['form-data'],
  }),
  ...javascript('typed-rest-client', ['typed-rest-client@3.1.2', 'form-data@4.0.6'], {
    client: 'typed-rest-client and form-data',
  }),
  ...javascript('request', ['request@2.88.2']),
  ...javascript('axios', ['axios@1.21.1'], { client: 'axios, text as meta' }),
  ...javascript('axios', ['axios@1.21.1'], {
    client: 'axios, object as meta',
    arguments: ['object'],
    set: 'meta as text: JSON.stringify once, sign and send that string',
  }),
  ...javascript('fetch', ['bun@1.4.5'], { client: 'fetch of Bun', runtime: 'bun' }),
  ...javascript('fetch', ['deno@2.9.6'], { client: 'fetch of Deno', runtime: 'deno' }),
  ...python('requests_', ['requests==2.34.2'], 'Requests'),
  ...python('httpx_', ['httpx==0.28.1'], 'HTTPX'),
  ...python('aiohttp_', ['aiohttp==3.14.5'], 'aiohttp'),
  ...python('urllib3_', ['urllib3==2.8.0'], 'urllib3'),
  ...python('toolbelt', ['requests-toolbelt==1.0.0'], 'requests-toolbelt'),
  ...python('httpie_', ['httpie==3.2.4'], 'HTTPie'),
  ...python('treq_', ['treq==26.7.0'], 'treq'),
  ...python('pycurl_', ['pycurl==7.49.0'], 'PycURL'),
  ...python('niquests_', ['niquests==3.21.2'], 'niquests'),
  ...python('curl_cffi_', ['curl_cffi==0.17.0'], 'curl_cffi'),
  ...python('aiosonic_', ['aiosonic==1.3.3'], 'aiosonic'),
  ...python('geventhttpclient_', ['geventhttpclient==2.6.1'], 'geventhttpclient'),
  ...python('pyreqwest_', ['pyreqwest==0.15.1'], 'pyreqwest'),
  ...python('primp_', ['primp==2.0.1'], 'primp'),
  ...go('net/http', 'go@1.26.8', 'net/http and mime/multipart'),
  ...go('resty v2', 'github.com/go-resty/resty/v2@v2.17.2'),
  ...go('resty v3', 'resty.dev/v3@v3.0.0-rc.4'),
  ...go('req', 'github.com/imroc/req/v3@v3.57.0'),
  ...go('gout', 'github.com/guonaihong/gout@v0.3.7'),
  ...go('gclient', 'github.com/gogf/gf/v2@v2.9.5', 'gclient of GoFrame'),
  ...go('beego httplib', 'github.com/beego/beego/v2@v2.3.8'),
  ...go('gorequest', 'github.com/parnurzeal/gorequest@v0.3.0', 'gorequest', {
    set: 'take another client: SendFile with the field name "file" calls the part file1',
  }),
  ...go('hertz', 'github.com/cloudwego/hertz@v0.10.4'),
  ...go('fiber', 'github.com/gofiber/fiber/v3@v3.1.0', 'client of Fiber, AddFileWithReader', {
    set: 'AddFiles(AcquireFile(SetFileFieldName("file"), …)), since this call names the part file1',
  }),
  ...go('fiber, named', 'github.com/gofiber/fiber/v3@v3.1.0', 'client of Fiber, AddFiles'),
  ...go('fasthttp', 'github.com/valyala/fasthttp@v1.78.0', 'fasthttp and mime/multipart'),
  ...rust('reqwest-file', 'reqwest@0.13.5', 'reqwest, file'),
  ...rust('reqwest-bytes', 'reqwest@0.13.5', 'reqwest, bytes'),
  ...rust('reqwest-0.12-bytes', 'reqwest@0.12.28', 'reqwest, bytes'),
  ...rust('ureq', 'ureq@3.5.2'),
  ...rust('attohttpc', 'attohttpc@0.31.0'),
  ...rust('isahc', 'isahc@2.0.2', 'isahc and common-multipart-rfc7578'),
  ...rust('awc', 'awc@3.11.0', 'awc and actix-multipart-rfc7578'),
  ...java('Hc4', ['org.apache.httpcomponents:httpmime:4.5.14'], 'Apache HttpClient 4', { set: AS_JSON }),
  ...java(
    'Hc4',
    ['org.apache.httpcomponents:httpmime:4.5.14'],
    'Apache HttpClient 4, meta as APPLICATION_JSON',
    {
      arguments: ['json'],
    },
  ),
  ...java('Hc5', ['org.apache.httpcomponents.client5:httpclient5:5.6.5'], 'Apache HttpClient 5', {
    set: AS_JSON,
  }),
  ...java(
    'Hc5',
    ['org.apache.httpcomponents.client5:httpclient5:5.6.5'],
    'Apache HttpClient 5, meta as APPLICATION_JSON',
    { arguments: ['json'] },
  ),
  ...java('Okhttp', ['com.squareup.okhttp3:okhttp-jvm:5.5.1'], 'OkHttp'),
  ...java('Okhttp', ['com.squareup.okhttp3:okhttp-jvm:5.5.1'], 'OkHttp, without setType', {
    arguments: ['mixed'],
    set: 'setType(MultipartBody.FORM)',
  }),
  ...['RestTemplate', 'RestClient', 'WebClient'].flatMap((part) =>
    java(
      'Spring',
      [
        'org.springframework:spring-webflux:7.0.10',
        'io.projectreactor.netty:reactor-netty-http:1.3.7',
        'tools.jackson.core:jackson-databind:3.0.0',
        'org.springframework:spring-context:7.0.10',
      ],
      `Spring ${part}`,
      { arguments: [part] },
    ),
  ),
  ...java('Hutool', ['cn.hutool:hutool-http:5.8.42'], 'Hutool'),
  ...java('ForestOne', ['com.dtflys.forest:forest-core:1.8.0', 'com.google.code.gson:gson:2.13.2'], 'Forest'),
  ...java('Uni', ['com.konghq:unirest-java-core:4.10.1'], 'Unirest'),
  ...java(
    'Feigned',
    ['io.github.openfeign:feign-core:13.13', 'io.github.openfeign:feign-form:13.6.1'],
    'OpenFeign and feign-form',
  ),
  ...java('Retro', ['com.squareup.retrofit2:retrofit:3.0.0'], 'Retrofit'),
  ...java('Methanolic', ['com.github.mizosoft.methanol:methanol:1.9.0'], 'java.net.http with Methanol'),
  ...java('Google', ['com.google.http-client:google-http-client:2.2.0'], 'google-http-client'),
  ...java('Jodd', ['org.jodd:jodd-http:6.3.0'], 'Jodd HTTP'),
  ...java('Jetty', ['org.eclipse.jetty:jetty-client:12.1.14'], 'Jetty HttpClient'),
  ...java('Vertx', ['io.vertx:vertx-web-client:5.0.7'], 'Vert.x WebClient'),
  ...java(
    'Jersey',
    [
      'org.glassfish.jersey.media:jersey-media-multipart:4.0.2',
      'org.glassfish.jersey.core:jersey-client:4.0.2',
      'org.glassfish.jersey.inject:jersey-hk2:4.0.2',
    ],
    'Jersey client',
  ),
  ...java(
    'Resteasy',
    [
      'org.jboss.resteasy:resteasy-client:7.0.1.Final',
      'org.jboss.resteasy:resteasy-multipart-provider:7.0.1.Final',
    ],
    'RESTEasy client',
  ),
  ...java(
    'Micronaut',
    ['io.micronaut:micronaut-http-client:4.10.15', 'io.micronaut:micronaut-jackson-databind:4.10.15'],
    'Micronaut HttpClient',
  ),
  ...java('Jsouped', ['org.jsoup:jsoup:1.24.1'], 'jsoup'),
];

/** Clients of languages that this project's machines lack, or whose registry they do not reach. */
export const notRun: readonly { client: string; language: string; reason: string }[] = [
  ...lacking('dotnet', [['HttpClient of .NET', 'C#']]),
  ...lacking('swift', [['URLSession', 'Swift']]),
  ...lacking('dart', [['dio', 'Dart']]),
  ...lacking('elixir', [['Req', 'Elixir']]),
  ...lacking('kotlinc', [['Ktor client', 'Kotlin']]),
  ...lacking('scala', [['sttp', 'Scala']]),
  ...lacking('lua', [['lua-http', 'Lua']]),
  ...lacking('julia', [['HTTP.jl', 'Julia']]),
  ...unreached('RubyGems', [['Faraday 2', 'Ruby']]),
  ...unreached('Packagist', [['Guzzle 7.10 and wechatpay-php', 'PHP']]),
  ...unreached('CPAN', [['Mojo::UserAgent, newer', 'Perl']]),
  ...unreached('CRAN', [['httr2, newer', 'R']]),
  ...unreached('Hackage', [['http-client, newer', 'Haskell']]),
  ...unreached('Clojars', [['clj-http 3 and hato', 'Clojure']]),
];

/** @returns the version that the table shows */
export function versionOf({ packages: [first = ''] }: WideClient): string {
  return (
    first
      .split(/@|==?|:/)
      .at(-1)
      ?.replace(/^v/, '') ?? ''
  );
}

type More = Partial<Pick<WideClient, 'client' | 'program' | 'runtime' | 'arguments' | 'set'>>;

function javascript(program: string, packages: string[], more: More = {}): WideClient[] {
  return [{ client: program, language: 'JavaScript', registry: 'npm', packages, program, ...more }];
}

function debian(
  language: string,
  program: string,
  client: string,
  packages: string[],
  more: More = {},
): WideClient[] {
  return [{ client, language, registry: 'Debian', packages, program, ...more }];
}

function python(program: string, packages: string[], client: string): WideClient[] {
  return [{ client, language: 'Python', registry: 'PyPI', packages, program }];
}

function go(program: string, module: string, client = program, more: More = {}): WideClient[] {
  return [{ client, language: 'Go', registry: 'Go module proxy', packages: [module], program, ...more }];
}

function rust(program: string, crate: string, client = program): WideClient[] {
  return [{ client, language: 'Rust', registry: 'crates.io', packages: [crate], program }];
}

function java(program: string, packages: string[], client: string, more: More = {}): WideClient[] {
  return [{ client, language: 'Java', registry: 'Maven Central', packages, program, ...more }];
}

function lacking(command: string, names: readonly (readonly [string, string])[]): typeof notRun {
  return names.map(([client, language]) => ({ client, language, reason: `no ${command} on the machine` }));
}

function unreached(registry: string, names: readonly (readonly [string, string])[]): typeof notRun {
  return names.map(([client, language]) => ({
    client,
    language,
    reason: `the machine reaches no ${registry}`,
  }));
}
