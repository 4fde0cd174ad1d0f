import com.google.gson.annotations.SerializedName;
import com.wechat.pay.java.core.Config;
import com.wechat.pay.java.core.RSAAutoCertificateConfig;
import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.exception.ServiceException;
import com.wechat.pay.java.core.http.DefaultHttpClientBuilder;
import com.wechat.pay.java.core.http.FileRequestBody;
import com.wechat.pay.java.core.http.HttpMethod;
import com.wechat.pay.java.core.http.HttpRequest;

public class WechatpayJava {
  static class Answer {
    @SerializedName("image_url")
    String imageUrl;
  }

  public static void main(String[] none) throws Exception {
    try {
      String meta = String.format("{\"filename\":\"coupon.png\",\"sha256\":\"%s\"}", Given.sha256());
      var body = new FileRequestBody.Builder().meta(meta).fileName("coupon.png").file(Given.image()).build();
      var request = new HttpRequest.Builder().httpMethod(HttpMethod.POST).url(Given.URL)
          .addHeader("Accept", "application/json").addHeader("Content-Type", "multipart/form-data").body(body).build();
      var client = new DefaultHttpClientBuilder().config(config()).build();
      Given.tell("accepted " + client.execute(request, Answer.class).getServiceResponse().imageUrl);
    } catch (ServiceException refusal) {
      Given.tell("ServiceException: " + refusal.getHttpStatusCode() + " " + refusal.getErrorCode());
    } catch (Exception error) {
      Given.tell(error.getClass().getSimpleName());
    }
  }

  private static Config config() {
    if (Given.BY_CERTIFICATE)
      return new RSAAutoCertificateConfig.Builder().merchantId(Given.MCHID).merchantSerialNumber(Given.SERIAL)
          .privateKeyFromPath(Given.KEY).apiV3Key(Given.APIV3_KEY).build();
    return new RSAPublicKeyConfig.Builder().merchantId(Given.MCHID).merchantSerialNumber(Given.SERIAL)
        .privateKeyFromPath(Given.KEY).publicKeyId(Given.PUBLIC_KEY_ID).publicKeyFromPath(Given.PUBLIC_KEY)
        .apiV3Key(Given.APIV3_KEY).build();
  }
}
