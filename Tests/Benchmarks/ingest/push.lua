-- One sample per request: 256 services in turn, each a second further every time, so that every
-- sample is a new one.
local count = 0
local first = os.time() - 3000

function request()
  local body = string.format(
    '{"samples":[{"service":"service-%d","metric":"rate","timestamp":%d,"value":%d}]}',
    count % 256, first + math.floor(count / 256), count % 977)
  count = count + 1
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end

function response(status, headers, body)
  if status ~= 200 or not body:find('"accepted":1', 1, true) then
    print("answered " .. status .. " " .. body)
    wrk.thread:stop()
  end
end
