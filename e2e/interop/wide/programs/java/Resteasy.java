import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.GenericEntity;
import jakarta.ws.rs.core.MediaType;
import java.io.FileInputStream;
import java.util.List;

public class Resteasy {
  public static void main(String[] none) throws Exception {
    var meta = EntityPart.withName("meta").content(Given.META).mediaType(MediaType.TEXT_PLAIN_TYPE).build();
    var file = EntityPart.withName("file").fileName(Given.FILENAME).content(new FileInputStream(Given.FILE)).build();
    var form = new GenericEntity<>(List.of(meta, file)) {};
    var request = ClientBuilder.newClient().target(Given.URL).request();
    Given.HEADERS.forEach(request::header);
    request.post(Entity.entity(form, MediaType.MULTIPART_FORM_DATA_TYPE)).readEntity(String.class);
    System.exit(0);
  }
}
