import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

public class Spring {
  public static void main(String[] variant) throws Exception {
    var form = new LinkedMultiValueMap<String, Object>();
    form.add("meta", Given.META);
    form.add("file", new FileSystemResource(Given.FILE));
    HttpHeaders headers = new HttpHeaders();
    Given.HEADERS.forEach(headers::set);
    try {
      switch (variant[0]) {
        case "RestTemplate" -> new RestTemplate().postForEntity(Given.URL, new HttpEntity<>(form, headers), String.class);
        case "RestClient" -> RestClient.create().post().uri(Given.URL).headers(all -> all.addAll(headers))
            .contentType(MediaType.MULTIPART_FORM_DATA).body(form).retrieve().toEntity(String.class);
        default -> WebClient.create().post().uri(Given.URL).headers(all -> all.addAll(headers))
            .body(BodyInserters.fromMultipartData(form)).retrieve().toEntity(String.class).block();
      }
    } catch (RuntimeException refusal) {
      System.err.println(refusal.getMessage());
    }
    System.exit(0);
  }
}
