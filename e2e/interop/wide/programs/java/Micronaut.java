import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.http.client.multipart.MultipartBody;
import java.net.URI;

public class Micronaut {
  public static void main(String[] none) throws Exception {
    URI url = URI.create(Given.URL);
    var form = MultipartBody.builder().addPart("meta", Given.META).addPart("file", Given.FILENAME, MediaType.of("image/png"), Given.FILE).build();
    var request = HttpRequest.POST(url, form).contentType(MediaType.MULTIPART_FORM_DATA_TYPE);
    Given.HEADERS.forEach(request::header);
    try (HttpClient client = HttpClient.create(url.toURL())) {
      client.toBlocking().exchange(request, String.class);
    } catch (HttpClientResponseException refusal) {
      System.err.println(refusal.getStatus());
    }
    System.exit(0);
  }
}
