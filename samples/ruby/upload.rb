# frozen_string_literal: true

# Uploads one image of a product coupon and prints its image_url. Needs Ruby 3.0 or later, and the standard library alone.
# usage: ruby upload.rb IMAGE   (../README.md describes the environment)

require 'digest'
require 'json'
require 'net/http'
require 'openssl'
require 'securerandom'

PATH = '/v3/marketing/partner/product-coupon/media/upload-image'

# A sentence for the user.
class Failure < StandardError; end

class Merchant
  def initialize(environment)
    setting = ->(name) { environment[name].to_s.empty? ? raise(Failure, "#{name} is not set") : environment[name] }
    @base_url = environment.fetch('COUPON_MEDIA_BASE_URL', 'https://api.mch.weixin.qq.com')
    @mchid = setting['COUPON_MEDIA_MCHID']
    @certificate_serial_no = setting['COUPON_MEDIA_CERTIFICATE_SERIAL_NO']
    @private_key = read_key('COUPON_MEDIA_PRIVATE_KEY', setting['COUPON_MEDIA_PRIVATE_KEY'], 'PRIVATE KEY')
    @public_key_id = setting['COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID']
    @public_key = read_key('COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY', setting['COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY'], 'PUBLIC KEY')
  end

  def upload(image)
    file = File.binread(image)
    # Without a locale, Ruby takes arguments for ASCII.
    name = File.basename(image).dup.force_encoding(Encoding::UTF_8)
    # This one text is signed and sent: meta is serialised once.
    meta = JSON.generate(filename: name, sha256: Digest::SHA256.hexdigest(file))
    response = send_form(meta, name, file)
    raise refusal(response) unless response.is_a?(Net::HTTPOK)

    verify(response)
    JSON.parse(response.body)['image_url']
  end

  private

  def send_form(meta, name, file)
    uri = URI(@base_url + PATH)
    boundary = SecureRandom.hex(16)
    request = Net::HTTP::Post.new(
      uri,
      'Authorization' => authorization(meta),
      'Accept' => 'application/json',
      'User-Agent' => 'coupon-media-sample-ruby',
      'Wechatpay-Serial' => @public_key_id,
      'Content-Type' => "multipart/form-data; boundary=#{boundary}"
    )
    request.body = form(boundary, meta, name, file)
    Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https', open_timeout: 10, read_timeout: 30) do |http|
      http.request(request)
    end
  end

  # The samples on the page sign an empty body. The signature of an upload covers the text of meta.
  def authorization(meta)
    timestamp = Time.now.to_i
    nonce = SecureRandom.hex(16)
    signature = [@private_key.sign('SHA256', "POST\n#{PATH}\n#{timestamp}\n#{nonce}\n#{meta}\n")].pack('m0')
    %(WECHATPAY2-SHA256-RSA2048 mchid="#{@mchid}",nonce_str="#{nonce}",signature="#{signature}",) +
      %(timestamp="#{timestamp}",serial_no="#{@certificate_serial_no}")
  end

  def form(boundary, meta, name, file)
    [
      "--#{boundary}",
      'Content-Disposition: form-data; name="meta"',
      'Content-Type: application/json',
      '',
      meta,
      "--#{boundary}",
      # A quotation mark or a line break would end the name.
      %(Content-Disposition: form-data; name="file"; filename="#{name.gsub(/["\r\n]/, '_')}"),
      'Content-Type: application/octet-stream',
      '',
      file,
      "--#{boundary}--\r\n"
    ].map(&:b).join("\r\n")
  end

  # Without this check, whoever is between you and WeChat Pay could give you any URL.
  def verify(response)
    serial = response['Wechatpay-Serial'].to_s
    timestamp = response['Wechatpay-Timestamp'].to_s
    raise untrusted(response, %(it is signed with the key "#{serial}")) unless serial == @public_key_id

    recent = timestamp.match?(/\A\d{1,12}\z/) && (Time.now.to_i - timestamp.to_i).abs < 300
    raise untrusted(response, %(its time is "#{timestamp}")) unless recent

    message = "#{timestamp}\n#{response['Wechatpay-Nonce']}\n#{response.body}\n"
    signature = response['Wechatpay-Signature'].to_s.unpack1('m')
    raise untrusted(response, 'its signature is wrong') unless @public_key.verify('SHA256', signature, message)
  end

  def refusal(response)
    said = JSON.parse(response.body)
    Failure.new("#{said.fetch('code')}: #{said.fetch('message')} #{which(response)}")
  rescue JSON::ParserError, KeyError, NoMethodError
    Failure.new("no response of WeChat Pay #{which(response)}")
  end

  def untrusted(response, why)
    Failure.new("untrusted response: #{why} #{which(response)}")
  end

  def which(response)
    "(HTTP #{response.code}, Request-ID #{response['Request-ID']})"
  end

  def read_key(name, file, kind)
    pem = File.read(file)
    key = OpenSSL::PKey::RSA.new(pem, '')
    raise OpenSSL::PKey::PKeyError unless pem.include?("BEGIN #{kind}")

    key
  rescue SystemCallError => e
    raise Failure, "#{name}: #{e.message}"
  rescue OpenSSL::PKey::PKeyError
    raise Failure, "#{name}: #{file} has no RSA key between the lines BEGIN #{kind} and END #{kind}"
  end
end

abort 'usage: ruby upload.rb IMAGE' unless ARGV.length == 1
begin
  puts Merchant.new(ENV).upload(ARGV.first)
rescue Failure, SystemCallError, SocketError, Timeout::Error, OpenSSL::SSL::SSLError => e
  abort e.message
end
