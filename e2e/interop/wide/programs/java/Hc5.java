import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;

public class Hc5 {
  public static void main(String[] variant) throws Exception {
    MultipartEntityBuilder form = MultipartEntityBuilder.create();
    if (variant.length > 0) form.addTextBody("meta", Given.META, ContentType.APPLICATION_JSON);
    else form.addTextBody("meta", Given.META);
    HttpPost post = new HttpPost(Given.URL);
    post.setEntity(form.addBinaryBody("file", Given.FILE).build());
    Given.HEADERS.forEach(post::setHeader);
    try (var client = HttpClients.createDefault()) {
      client.execute(post, response -> null);
    }
  }
}
