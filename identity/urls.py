from django.urls import path

from identity import views

app_name = "identity"

urlpatterns = [
    path("proof/<str:secret>/", views.proof, name="proof"),
    path("<str:reference>/", views.start, name="start"),
    path("<str:reference>/<str:means>/", views.method, name="method"),
]
