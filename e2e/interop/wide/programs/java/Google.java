import com.google.api.client.http.*;
import com.google.api.client.http.javanet.NetHttpTransport;

public class Google {
  public static void main(String[] none) throws Exception {
    var form = new MultipartContent().setMediaType(new HttpMediaType("multipart/form-data").setParameter("boundary", "__END_OF_PART__"));
    form.addPart(part("form-data; name=\"meta\"", ByteArrayContent.fromString("application/json", Given.META)));
    form.addPart(part("form-data; name=\"file\"; filename=\"" + Given.FILENAME + "\"", new FileContent("image/png", Given.FILE)));
    var request = new NetHttpTransport().createRequestFactory().buildPostRequest(new GenericUrl(Given.URL), form);
    request.setThrowExceptionOnExecuteError(false);
    Given.HEADERS.forEach(request.getHeaders()::set);
    request.execute().parseAsString();
  }

  private static MultipartContent.Part part(String disposition, HttpContent content) {
    return new MultipartContent.Part(new HttpHeaders().set("Content-Disposition", disposition), content);
  }
}
