// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call. These are the same
// calls with one argument type each; the caller pairs an option with the type that curl documents.
#ifndef CCURLSHIM_H
#define CCURLSHIM_H

#include <curl/curl.h>

typedef size_t (*scaler_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
typedef int (*scaler_curl_progress)(void *context, curl_off_t dltotal, curl_off_t dlnow,
                                    curl_off_t ultotal, curl_off_t ulnow);

typedef int (*scaler_curl_connected)(void *context, char *primary_ip, char *local_ip,
                                     int primary_port, int local_port);

CURLcode scaler_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode scaler_curl_set_size(CURL *handle, CURLoption option, curl_off_t value);
CURLcode scaler_curl_set_text(CURL *handle, CURLoption option, const char *value);
// The bytes are copied.
CURLcode scaler_curl_set_blob(CURL *handle, CURLoption option, const char *bytes, size_t count);
CURLcode scaler_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode scaler_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode scaler_curl_set_bytes_callback(CURL *handle, CURLoption option, scaler_curl_bytes callback);
CURLcode scaler_curl_set_progress_callback(CURL *handle, scaler_curl_progress callback);
// Called when connected and before anything is sent; a result other than 0 aborts.
CURLcode scaler_curl_set_connected_callback(CURL *handle, scaler_curl_connected callback);
CURLcode scaler_curl_get_long(CURL *handle, CURLINFO info, long *value);

#endif
