import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

public class Okhttp {
  public static void main(String[] variant) throws Exception {
    MultipartBody.Builder form = new MultipartBody.Builder();
    if (variant.length == 0) form.setType(MultipartBody.FORM);
    form.addFormDataPart("meta", Given.META);
    form.addFormDataPart("file", Given.FILENAME, RequestBody.create(Given.FILE, MediaType.get("image/png")));
    Request.Builder request = new Request.Builder().url(Given.URL).post(form.build());
    Given.HEADERS.forEach(request::header);
    new OkHttpClient().newCall(request.build()).execute().close();
    System.exit(0);
  }
}
