from django.urls import path

from identity.views import document, link, login, proof, question, speaker, ways

app_name = "identity"

urlpatterns = [
    path("proof/<str:secret>/", proof.proof, name="proof"),
    path("log-in/<str:provider_id>/", login.back, name="log_in_back"),
    path("<str:reference>/", ways.start, name="start"),
    path("<str:reference>/document/", document.choose, name="document"),
    path("<str:reference>/document/cover/<int:page>/", document.cover, name="document_cover"),
    path("<str:reference>/document/picture/<int:page>/", document.picture, name="document_picture"),
    path("<str:reference>/document/send/", document.send, name="document_send"),
    path("<str:reference>/document/again/", document.again, name="document_again"),
    path("<str:reference>/email_link/", link.ask, name="link"),
    path("<str:reference>/control_question/", question.answer, name="question"),
    path("<str:reference>/login/", login.log_in, {"means": "login"}),
    path("<str:reference>/eid/", login.log_in, {"means": "eid"}),
    path("<str:reference>/representative/", speaker.show, name="representative"),
    path("<str:reference>/<str:means>/", ways.method, name="method"),
]
