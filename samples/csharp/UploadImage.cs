// Uploads one image of a product coupon and prints its image_url. Needs .NET 8 or later, .NET Framework 4.7.2 or Mono, and no package.
// usage: dotnet run -- IMAGE   (../README.md describes the environment)

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

class Failure : Exception
{
    public Failure(string message) : base(message) { }
}

[DataContract]
class Meta
{
    [DataMember(Name = "filename", Order = 1)] public string Filename;
    [DataMember(Name = "sha256", Order = 2)] public string Sha256;
}

/// <summary>What a response may contain.</summary>
[DataContract]
class Answer
{
    [DataMember(Name = "image_url")] public string ImageUrl;
    [DataMember(Name = "code")] public string Code;
    [DataMember(Name = "message")] public string Message;
}

class UploadImage
{
    const string Path = "/v3/marketing/partner/product-coupon/media/upload-image";

    readonly string baseUrl;
    readonly string mchid;
    readonly string certificateSerialNo;
    readonly RSA privateKey;
    readonly string publicKeyId;
    readonly RSA publicKey;

    static int Main(string[] args)
    {
        return Run(args).GetAwaiter().GetResult();
    }

    static async Task<int> Run(string[] args)
    {
        try
        {
            if (args.Length != 1) throw new Failure("usage: dotnet run -- IMAGE");
            Console.WriteLine(await new UploadImage().Upload(args[0]));
            return 0;
        }
        catch (Exception error) when (error is Failure || error is IOException || error is HttpRequestException || error is TaskCanceledException)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }

    UploadImage()
    {
        baseUrl = Environment.GetEnvironmentVariable("COUPON_MEDIA_BASE_URL") ?? "https://api.mch.weixin.qq.com";
        mchid = Setting("COUPON_MEDIA_MCHID");
        certificateSerialNo = Setting("COUPON_MEDIA_CERTIFICATE_SERIAL_NO");
        privateKey = Key("COUPON_MEDIA_PRIVATE_KEY", "PRIVATE KEY");
        publicKeyId = Setting("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID");
        publicKey = Key("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY", "PUBLIC KEY");
    }

    async Task<string> Upload(string image)
    {
        var file = File.ReadAllBytes(image);
        var name = System.IO.Path.GetFileName(image);
        // These bytes are signed and sent: meta is serialised once.
        var meta = Json(new Meta { Filename = name, Sha256 = Digest(file) });
        using (var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) })
        using (var request = new HttpRequestMessage(HttpMethod.Post, baseUrl + Path) { Content = Form(meta, name, file) })
        {
            request.Headers.TryAddWithoutValidation("Authorization", Authorization(meta));
            request.Headers.Add("Accept", "application/json");
            request.Headers.Add("User-Agent", "coupon-media-sample-csharp");
            request.Headers.Add("Wechatpay-Serial", publicKeyId);
            using (var response = await http.SendAsync(request))
            {
                var body = await response.Content.ReadAsByteArrayAsync();
                if ((int)response.StatusCode != 200) throw Refusal(response, body);
                Verify(response, body);
                return Read<Answer>(body).ImageUrl;
            }
        }
    }

    /// <summary>The samples on the page sign an empty body. The signature of an upload covers the text of meta.</summary>
    string Authorization(byte[] meta)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var nonce = Nonce();
        var message = $"POST\n{Path}\n{timestamp}\n{nonce}\n{Encoding.UTF8.GetString(meta)}\n";
        var signature = privateKey.SignData(Encoding.UTF8.GetBytes(message), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",nonce_str=\"{nonce}\",signature=\"{Convert.ToBase64String(signature)}\","
            + $"timestamp=\"{timestamp}\",serial_no=\"{certificateSerialNo}\"";
    }

    /// <summary>By hand, since MultipartFormDataContent encodes a Chinese name for mail.</summary>
    static HttpContent Form(byte[] meta, string name, byte[] file)
    {
        var boundary = Nonce();
        // A quotation mark or a line break would end the name.
        var filename = name.Replace('"', '_').Replace('\r', '_').Replace('\n', '_');
        var head = $"--{boundary}\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n";
        var between = $"\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n";
        var parts = new[] { Encoding.UTF8.GetBytes(head), meta, Encoding.UTF8.GetBytes(between), file, Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n") };
        var content = new ByteArrayContent(parts.SelectMany(part => part).ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        return content;
    }

    /// <summary>Without this check, whoever is between you and WeChat Pay could give you any URL.</summary>
    void Verify(HttpResponseMessage response, byte[] body)
    {
        var serial = Header(response, "Wechatpay-Serial");
        if (serial != publicKeyId) throw Untrusted(response, $"it is signed with the key \"{serial}\"");
        var timestamp = Header(response, "Wechatpay-Timestamp");
        if (!long.TryParse(timestamp, out var seconds) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) >= 300)
            throw Untrusted(response, $"its time is \"{timestamp}\"");
        var head = Encoding.UTF8.GetBytes($"{timestamp}\n{Header(response, "Wechatpay-Nonce")}\n");
        var message = head.Concat(body).Append((byte)'\n').ToArray();
        if (!IsSignature(Header(response, "Wechatpay-Signature"), message)) throw Untrusted(response, "its signature is wrong");
    }

    bool IsSignature(string base64, byte[] message)
    {
        try
        {
            return publicKey.VerifyData(message, Convert.FromBase64String(base64), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static Failure Refusal(HttpResponseMessage response, byte[] body)
    {
        var what = "no response of WeChat Pay";
        try
        {
            var said = Read<Answer>(body);
            if (said.Code != null) what = $"{said.Code}: {said.Message}";
        }
        catch (SerializationException)
        {
            // A proxy has responded.
        }
        return new Failure($"{what} {Which(response)}");
    }

    static Failure Untrusted(HttpResponseMessage response, string why)
    {
        return new Failure($"untrusted response: {why} {Which(response)}");
    }

    static string Which(HttpResponseMessage response)
    {
        return $"(HTTP {(int)response.StatusCode}, Request-ID {Header(response, "Request-ID")})";
    }

    static string Header(HttpResponseMessage response, string name)
    {
        return response.Headers.TryGetValues(name, out var values) ? values.First() : "";
    }

    static string Nonce()
    {
        var bytes = new byte[16];
        using (var random = RandomNumberGenerator.Create()) random.GetBytes(bytes);
        return Hex(bytes);
    }

    static string Digest(byte[] bytes)
    {
        using (var sha256 = SHA256.Create()) return Hex(sha256.ComputeHash(bytes));
    }

    static string Hex(byte[] bytes)
    {
        return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
    }

    static byte[] Json<T>(T value)
    {
        using (var stream = new MemoryStream())
        {
            new DataContractJsonSerializer(typeof(T)).WriteObject(stream, value);
            return stream.ToArray();
        }
    }

    static T Read<T>(byte[] json)
    {
        using (var stream = new MemoryStream(json)) return (T)new DataContractJsonSerializer(typeof(T)).ReadObject(stream);
    }

    static string Setting(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? throw new Failure($"{name} is not set") : value;
    }

    static RSA Key(string name, string kind)
    {
        var file = Setting(name);
        var key = RSA.Create();
        try
        {
            var pem = File.ReadAllText(file);
            if (!pem.Contains($"BEGIN {kind}")) throw new ArgumentException(kind);
#if NET
            key.ImportFromPem(pem);
#else
            key.ImportParameters(Der.Parameters(pem));
#endif
            return key;
        }
        catch (IOException error)
        {
            throw new Failure($"{name}: {error.Message}");
        }
        catch (Exception error) when (error is ArgumentException || error is FormatException || error is CryptographicException)
        {
            throw new Failure($"{name}: {file} has no RSA key between the lines BEGIN {kind} and END {kind}");
        }
    }
}

#if !NET
/// <summary>.NET Framework and Mono read no keys in PEM: base64 of the numbers of the key, each with its kind and length before it (DER).</summary>
class Der
{
    readonly byte[] bytes;
    int at;

    Der(byte[] bytes)
    {
        this.bytes = bytes;
    }

    public static RSAParameters Parameters(string pem)
    {
        var lines = pem.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("-----"));
        var outer = new Der(Convert.FromBase64String(string.Concat(lines))).Enter(0x30);
        var isPrivate = outer.bytes[outer.at] == 0x02;
        if (isPrivate) outer.Enter(0x02); // the version
        outer.Enter(0x30); // the algorithm
        var inner = isPrivate ? outer.Enter(0x04) : outer.Enter(0x03);
        if (!isPrivate) inner.at += 1; // no bits of the last byte are unused
        var numbers = inner.Enter(0x30);
        if (isPrivate) numbers.Enter(0x02); // the version
        var modulus = numbers.Number();
        var parameters = new RSAParameters { Modulus = modulus, Exponent = numbers.Number() };
        if (!isPrivate) return parameters;
        var half = (modulus.Length + 1) / 2;
        parameters.D = numbers.Number(modulus.Length);
        parameters.P = numbers.Number(half);
        parameters.Q = numbers.Number(half);
        parameters.DP = numbers.Number(half);
        parameters.DQ = numbers.Number(half);
        parameters.InverseQ = numbers.Number(half);
        return parameters;
    }

    Der Enter(byte kind)
    {
        if (at + 2 > bytes.Length || bytes[at] != kind) throw new CryptographicException();
        int length = bytes[at + 1];
        at += 2;
        if (length >= 0x80)
        {
            var count = length - 0x80;
            length = 0;
            for (; count > 0; count -= 1, at += 1) length = length * 256 + bytes[at];
        }
        var inside = new Der(bytes.Skip(at).Take(length).ToArray());
        at += length;
        return inside;
    }

    /// <summary>A positive number without the zero before it, and with zeros up to the length that its place has.</summary>
    byte[] Number(int length = 0)
    {
        var digits = Enter(0x02).bytes.SkipWhile(digit => digit == 0).ToArray();
        return new byte[Math.Max(0, length - digits.Length)].Concat(digits).ToArray();
    }
}
#endif
