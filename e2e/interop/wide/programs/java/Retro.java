import java.util.Map;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Retrofit;
import retrofit2.http.HeaderMap;
import retrofit2.http.Multipart;
import retrofit2.http.POST;
import retrofit2.http.Part;
import retrofit2.http.Url;

public class Retro {
  interface Media {
    @Multipart
    @POST
    Call<ResponseBody> upload(@Url String url, @HeaderMap Map<String, String> headers, @Part("meta") RequestBody meta, @Part MultipartBody.Part file);
  }

  public static void main(String[] none) throws Exception {
    Media media = new Retrofit.Builder().baseUrl("http://127.0.0.1/").build().create(Media.class);
    RequestBody file = RequestBody.create(MediaType.get("image/png"), Given.FILE);
    RequestBody meta = RequestBody.create(MediaType.get("text/plain"), Given.META);
    media.upload(Given.URL, Given.HEADERS, meta, MultipartBody.Part.createFormData("file", Given.FILENAME, file)).execute();
    System.exit(0);
  }
}
