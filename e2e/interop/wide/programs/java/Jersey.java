import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.MediaType;
import org.glassfish.jersey.media.multipart.FormDataMultiPart;
import org.glassfish.jersey.media.multipart.MultiPartFeature;
import org.glassfish.jersey.media.multipart.file.FileDataBodyPart;

public class Jersey {
  public static void main(String[] none) {
    var form = new FormDataMultiPart().field("meta", Given.META);
    form.bodyPart(new FileDataBodyPart("file", Given.FILE));
    var request = ClientBuilder.newClient().register(MultiPartFeature.class).target(Given.URL).request();
    Given.HEADERS.forEach(request::header);
    request.post(Entity.entity(form, MediaType.MULTIPART_FORM_DATA_TYPE)).readEntity(String.class);
  }
}
