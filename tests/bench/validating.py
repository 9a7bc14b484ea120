"""The ceiling of `POST /messages`: the same framework, server and model, nothing but validating and answering."""

import os

import uvicorn
from fastapi import FastAPI, Request, Response
from intake.http.receipts import Receipt
from intake.reading.contract import MessageReceived

app = FastAPI()


@app.post("/messages")
async def messages(request: Request) -> Response:
    """Validate the body and answer as intake would."""
    data = MessageReceived.model_validate_json(await request.body())
    receipt = Receipt(message=data.message.id, outcome="opened", ticket=data.author.id, number="TIC-1")
    return Response(receipt.model_dump_json(), 202, {"Reglament-Position": "1"}, "application/json")


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False, log_config=None)
