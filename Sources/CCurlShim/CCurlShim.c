#include "CCurlShim.h"

CURLcode scaler_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode scaler_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode scaler_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode scaler_curl_set_blob(CURL *handle, CURLoption option, const char *bytes, size_t count) {
  struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}

CURLcode scaler_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode scaler_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode scaler_curl_set_bytes_callback(CURL *handle, CURLoption option,
                                        scaler_curl_bytes callback) {
  return curl_easy_setopt(handle, option, callback);
}

CURLcode scaler_curl_set_progress_callback(CURL *handle, scaler_curl_progress callback) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}

CURLcode scaler_curl_set_connected_callback(CURL *handle, scaler_curl_connected callback) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}

CURLcode scaler_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
