-- One sample per request: 256 services in turn, each a second further every time, so that every
-- sample is a new one. The requests are written out by hand and answers are left to wrk, which counts
-- those that are not 2xx: the sender shares the machine with what is measured.
local count = 0
local first = os.time() - 3000
local head = "POST /v1/samples HTTP/1.1\r\nHost: 127.0.0.1\r\n"
  .. "Content-Type: application/json\r\nContent-Length: "

function request()
  local body = string.format(
    '{"samples":[{"service":"service-%d","metric":"rate","timestamp":%d,"value":%d}]}',
    count % 256, first + math.floor(count / 256), count % 977)
  count = count + 1
  return head .. #body .. "\r\n\r\n" .. body
end
