import org.apache.http.client.methods.HttpPost;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.mime.MultipartEntityBuilder;
import org.apache.http.impl.client.HttpClients;

public class Hc4 {
  public static void main(String[] variant) throws Exception {
    MultipartEntityBuilder form = MultipartEntityBuilder.create();
    if (variant.length > 0) form.addTextBody("meta", Given.META, ContentType.APPLICATION_JSON);
    else form.addTextBody("meta", Given.META);
    HttpPost post = new HttpPost(Given.URL);
    post.setEntity(form.addBinaryBody("file", Given.FILE).build());
    Given.HEADERS.forEach(post::setHeader);
    try (var client = HttpClients.createDefault()) {
      client.execute(post).close();
    }
  }
}
